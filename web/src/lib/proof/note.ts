/** C2SP signed-note and tlog-checkpoint, Ed25519 signatures (type 1) only. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

export class NoteError extends Error {}

export interface Verifier { name: string; id: Uint8Array; key: Uint8Array }
export interface Checkpoint { origin: string; size: bigint; root: Uint8Array }

const utf8 = new TextEncoder();

/** Strict base64: what it returns encodes back to the same text. */
export function base64(text: string): Uint8Array {
  let raw: string;
  try {
    raw = atob(text);
  } catch {
    throw new NoteError("not base64");
  }
  if (btoa(raw) !== text) throw new NoteError("base64 not canonical");
  return Uint8Array.from(raw, (one) => one.charCodeAt(0));
}
export const hex = (bytes: Uint8Array): string => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");

/** `<name>+<hex key id>+<base64 of 0x01 and the key>`. */
export function parseVkey(text: string): Verifier {
  const [name, id, ...rest] = text.trim().split("+");
  if (!name || !id || rest.length === 0 || /\s/u.test(name)) throw new NoteError("not a verifier key");
  const material = base64(rest.join("+"));
  if (material.length !== 33 || material[0] !== 1) throw new NoteError("not an Ed25519 key");
  const wanted = sha256(concatBytes(utf8.encode(`${name}\n`), material)).slice(0, 4);
  if (!/^[0-9a-f]{8}$/.test(id) || hex(wanted) !== id) throw new NoteError("key id does not belong to the key");
  return { name, id: wanted, key: material.slice(1) };
}

/** The text of a note that carries a valid signature by `by`. Lines by other keys are ignored, as the format says. */
export function openNote(note: string, by: Verifier): string {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0 || !note.endsWith("\n")) throw new NoteError("not a signed note");
  const text = note.slice(0, cut + 1);
  const lines = note.slice(cut + 2, -1).split("\n");
  let signed = false;
  for (const line of lines) {
    const parts = /^— (\S+) (\S+)$/u.exec(line);
    if (!parts?.[1] || !parts[2]) throw new NoteError("malformed signature line");
    const blob = base64(parts[2]);
    if (blob.length < 5) throw new NoteError("malformed signature line");
    const mine = parts[1] === by.name && hex(blob.slice(0, 4)) === hex(by.id);
    if (!mine) continue;
    if (!ed25519.verify(blob.slice(4), utf8.encode(text), by.key, { zip215: false })) throw new NoteError("wrong signature");
    signed = true;
  }
  if (!signed) throw new NoteError("not signed by the known key");
  return text;
}

/** Origin, size and root of a checkpoint's text; the size has no sign and no leading zero. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root] = text.split("\n");
  if (!origin || !size || !root || !/^(0|[1-9][0-9]{0,18})$/.test(size)) throw new NoteError("not a checkpoint");
  const hash = base64(root);
  if (hash.length !== 32) throw new NoteError("root of a wrong length");
  return { origin, size: BigInt(size), root: hash };
}

export function openCheckpoint(note: string, by: Verifier): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, by));
  if (checkpoint.origin !== by.name) throw new NoteError("origin is not the key's name");
  return checkpoint;
}
