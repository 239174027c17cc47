import { shallowRef } from "vue";

/** The outside link that somebody is about to follow. */
export const askedLink = shallowRef<string | null>(null);

/** What following a link does: a page of our own opens here, another site is asked about first. Gives the path of the former. */
export function follow(event: MouseEvent, href: string): string | null {
  event.preventDefault();
  const url = new URL(href);
  if (url.origin === location.origin) return url.pathname + url.search;
  askedLink.value = href;
  return null;
}
