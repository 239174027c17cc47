/** Small things that both the composer and the timeline need of files. */
import type { Origin } from "../../api/origin.ts";
import type { FileMark, Message } from "../../api/types.ts";
import { f } from "../../i18n/files.ts";
import { joint } from "../../i18n/index.ts";
import { isOverflow } from "../overflow.ts";

export function bytes(size: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let n = size;
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}
export const extension = (name: string): string => (name.includes(".") ? (name.split(".").pop() ?? "").slice(0, 5).toUpperCase() : "");
export const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export const address = (group: string, position: number, file: string, as?: "thumbnail" | "preview"): string =>
  `/api/groups/${group}/messages/${position}/files/${file}${as ? `?as=${as}` : ""}`;

/** For how long a message that burns can be read. */
export const readTime = (seconds: number): string => (seconds % 60 === 0 ? f("burn.m", { n: seconds / 60 }) : f("burn.s", { n: seconds }));

/** What stands for the files of a message, for the copies that it carries, or for one that burns, where only a line has room. */
export function fileLine(message: Pick<Message, "files" | "forward"> & { burn?: Message["burn"] | number }): string {
  if (message.burn) return f("burn", { time: readTime(typeof message.burn === "number" ? message.burn : message.burn.seconds) });
  if (message.forward) return message.forward.items.map((one) => `${one.sender}${joint("：")}${one.text}`).join("\n");
  const first = message.files?.[0];
  if (first === undefined) return "";
  return first.kind === "image" ? f("image") : first.kind === "voice" ? f("note") : f("file", { name: first.name });
}

/** Where a file comes from, in words; nothing where nobody has said it. */
export function originLine(origin: Origin | null | undefined): string {
  if (!origin) return "";
  const what = f(`origin.${origin.kind}`);
  return origin.note ? f("origin.note", { what, note: origin.note }) : f("origin", { what });
}

/** Why a file stopped its message, in words. */
export function reasonsOf(file: FileMark): string {
  const known = { disguised: "r.disguised", encrypted: "r.encrypted", images_not_read: "r.images_not_read", not_scanned: "r.not_scanned" } as const;
  const gaps = (file.reasons ?? []).map((one) => f(known[one.code as keyof typeof known] ?? "r.other"));
  const words = (file.findings ?? []).map((one) => isOverflow(one) ? f("r.overflow") : f(one.part === "origin" ? "found.origin" : "found", { word: one.word || one.rule }));
  return [...new Set([...words, ...gaps])].join(joint("、"));
}
