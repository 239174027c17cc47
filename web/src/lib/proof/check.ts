/** Checks one ledger entry in this browser: content, place, signature. Nothing that the server says about itself is taken on trust. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import type { LedgerProof } from "../../api/types.ts";
import { base64, hex, NoteError, openCheckpoint, parseVkey } from "./note.ts";
import type { Checkpoint } from "./note.ts";
import { leafHash, ProofError, verifyInclusion } from "./merkle.ts";

export interface Leaf {
  a: string | null; b: { c: string; h: string; k: string; l: number } | null; g: string | null; gs: number | null; k: string;
  m: Record<string, unknown>; n: number; o: string; p: string | null; r: number[]; t: number; v: number; x: string[];
}
export type BodyState = "equal" | "different" | "none" | "not_shown" | "destroyed";
export interface Check { ok: boolean; detail: string }
export interface Checked {
  leaf: Leaf | null;
  hash: string;
  body: BodyState;
  /** The sealed free text of the fact as the server showed it, only when it equals the commitment. */
  content: Record<string, unknown> | null;
  leafMatches: Check;
  included: Check;
  signed: Check;
  head: Checkpoint | null;
}

const utf8 = new TextEncoder();

/** `HMAC-SHA-256(salt, "guiju/body/1" 0 origin 0 index 0 plaintext)`, hex. */
export function commitment(salt: Uint8Array, origin: string, index: number, plaintext: Uint8Array): string {
  return hex(hmac(sha256, salt, concatBytes(utf8.encode(`guiju/body/1\0${origin}\0${index}\0`), plaintext)));
}

/** The fields of a leaf; throws NoteError when it is not the canonical JSON of facts.md (sorted keys, no spaces). */
export function readLeaf(bytes: Uint8Array): Leaf {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const leaf = JSON.parse(text) as Leaf;
    if (canonical(leaf) !== text || leaf.v !== 1 || typeof leaf.n !== "number" || typeof leaf.o !== "string") throw new NoteError("not canonical");
    return leaf;
  } catch (error) {
    throw error instanceof NoteError ? error : new NoteError("leaf is not JSON");
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`).join(",")}}`;
}

function attempt(run: () => string): Check {
  try {
    return { ok: true, detail: run() };
  } catch (error) {
    if (error instanceof NoteError || error instanceof ProofError) return { ok: false, detail: error.message };
    throw error;
  }
}

export function checkProof(asked: number, proof: LedgerProof, vkey: string): Checked {
  let leaf: Leaf | null = null;
  let head: Checkpoint | null = null;
  let bytes: Uint8Array = new Uint8Array();
  const leafMatches = attempt(() => {
    bytes = base64(proof.leaf);
    leaf = readLeaf(bytes);
    if (leaf.n !== asked) throw new NoteError(`entry ${leaf.n} shown, ${asked} asked`);
    return leaf.k;
  });
  const hash = leafHash(bytes);
  const signed = attempt(() => {
    head = openCheckpoint(proof.checkpoint, parseVkey(vkey));
    if (leaf !== null && leaf.o !== head.origin) throw new NoteError("the entry belongs to another ledger");
    return head.origin;
  });
  const included = attempt(() => {
    const tree = head ?? openCheckpoint(proof.checkpoint, parseVkey(vkey));
    verifyInclusion(hash, BigInt(asked), tree.size, proof.inclusion.map(base64), tree.root);
    return String(proof.inclusion.length);
  });
  const { state, content } = body(leaf, proof);
  return { leaf, hash: hex(hash), body: state, content, leafMatches, included, signed, head };
}

function body(leaf: Leaf | null, proof: LedgerProof): { state: BodyState; content: Record<string, unknown> | null } {
  if (leaf === null) return { state: proof.body ? "different" : "not_shown", content: null };
  if (leaf.b === null) return { state: proof.body ? "different" : "none", content: null };
  if (!proof.body) return { state: "not_shown", content: null };
  try {
    const plaintext = base64(proof.body.plaintext);
    const equal = commitment(base64(proof.body.salt), leaf.o, leaf.n, plaintext) === leaf.b.c;
    if (!equal) return { state: "different", content: null };
    return { state: "equal", content: JSON.parse(new TextDecoder().decode(plaintext)) as Record<string, unknown> };
  } catch (error) {
    if (error instanceof NoteError || error instanceof SyntaxError) return { state: "different", content: null };
    throw error;
  }
}

/** Whether every check that could be made holds. */
export function unchanged(one: Checked): boolean {
  return one.leafMatches.ok && one.included.ok && one.signed.ok && one.body !== "different";
}
