/** Where a link leads, told before one follows it. Pure: nothing is fetched, neither by the server nor by this page. */
import { safeLink } from "./markdown.ts";

/** A page of our own that a link names. */
export type Inside = { kind: "message"; group: string; position: number } | { kind: "group"; group: string } | { kind: "clause"; id: string } | { kind: "notice"; id: string } | { kind: "request"; id: string } | { kind: "page" };
/** What one should know of an outside host: no encryption, a number for a name, letters of other scripts, an unusual port, a host that looks like ours. */
export type Warning = "plain" | "number" | "letters" | "port" | "like_ours";
export type Place = { href: string; host: string; path: string } & ({ inside: Inside } | { inside: null; warnings: Warning[] });

const NEAR = 2;

/** What a link is about, seen from the page at `origin`; null for what is no link to follow. */
export function placeOf(href: string, origin: string): Place | null {
  if (safeLink(href) === null) return null;
  const url = new URL(href);
  const rest = decoded(url.pathname + url.search);
  const place = { href: url.href, host: url.host, path: rest === "/" ? "" : rest };
  return url.origin === origin ? { ...place, inside: insideOf(url) } : { ...place, inside: null, warnings: warningsOf(url, new URL(origin).hostname) };
}

/** Percent signs are for machines; what does not decode stays as it is, and so does what could turn the line around. */
function decoded(path: string): string {
  try {
    const text = decodeURIComponent(path);
    return /[\p{Cc}\p{Cf}]/u.test(text) ? path : text;
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}

function insideOf(url: URL): Inside {
  const [, page = "", id = ""] = url.pathname.split("/");
  const at = Number(url.searchParams.get("at") ?? Number.NaN);
  if (page === "chat" && id) return Number.isSafeInteger(at) && at >= 0 ? { kind: "message", group: id, position: at } : { kind: "group", group: id };
  if (page === "clauses" && id) return { kind: "clause", id };
  if (page === "notices" && id) return { kind: "notice", id };
  if (page === "todo" && id) return { kind: "request", id };
  return { kind: "page" };
}

function warningsOf(url: URL, own: string): Warning[] {
  const found: Warning[] = [];
  if (url.protocol === "http:") found.push("plain");
  if (url.hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(url.hostname)) found.push("number");
  if (url.hostname.split(".").some((one) => one.startsWith("xn--"))) found.push("letters");
  if (url.port) found.push("port");
  if (isLike(url.hostname, own)) found.push("like_ours");
  return found;
}

/** Whether a host could pass for ours: our whole name in front of another, or a slip of two letters away. */
function isLike(host: string, own: string): boolean {
  if (host === own || host.endsWith(`.${own}`) || !own.includes(".") || /^[\d.]+$/.test(own)) return false;
  return host.includes(own) || host.includes(own.replaceAll(".", "-")) || distance(host, own) <= NEAR;
}

function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > NEAR) return NEAR + 1;
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
