/** Makes a field as high as what stands in it. */
export function fit(field: HTMLTextAreaElement | undefined): void {
  if (!field) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
