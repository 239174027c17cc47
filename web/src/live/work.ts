/** Work that waits for me, told while it comes: what is missed stands in the counts. */
export interface Work {
  work: string; path: string; tag: string; group: string; position: number; told: "none" | "sender" | "text";
  name: string; sender: string; people: number; text: string; more: number;
}

let told: (one: Work) => void = () => undefined;
export const onWork = (run: typeof told): void => void (told = run);
export const tellWork = (one: Work): void => told(one);
