import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ed25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { checkProof, commitment, unchanged } from "../src/lib/proof/check.ts";
import { judgeHead } from "../src/lib/proof/head.ts";
import { EMPTY_ROOT, leafHash, nodeHash, ProofError, verifyConsistency, verifyInclusion } from "../src/lib/proof/merkle.ts";
import { base64, hex, NoteError, openCheckpoint, openNote, parseVkey } from "../src/lib/proof/note.ts";

const corpus = join(resolve(process.env["GUIJU_CORPUS"] ?? join(import.meta.dirname, "../../../shared/data")), "ct");
const present = existsSync(corpus);
if (!present && process.env["CI"]) throw new Error(`corpus missing: ${corpus}`);
if (!present) console.warn(`\n*** CORPUS MISSING (${corpus}): the independent Merkle vectors are NOT checked ***\n`);

/** JSON whose whole numbers stay exact (the vectors hold unsigned 64-bit values). */
function exact(path: string): Record<string, never> {
  const keep = (_: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === "number" ? BigInt(context?.source ?? value) : value;
  return JSON.parse(readFileSync(path, "utf8"), keep as (key: string, value: unknown) => unknown) as Record<string, never>;
}
const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((one) => one.endsWith(".json")).map((one) => join(folder, one));
const loose = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
const utf8 = new TextEncoder();

describe.runIf(present)("independent vectors", () => {
  for (const kind of ["inclusion", "consistency"] as const) {
    it(`${kind}: all 98 judged as published`, () => {
      const all = files(join(corpus, "merkle", kind));
      const verdicts = all.map((path) => {
        const v = exact(path) as unknown as {
          leafIdx: bigint; treeSize: bigint; root: string; leafHash: string; size1: bigint; size2: bigint; root1: string; root2: string;
          proof: string[] | null; wantErr: boolean;
        };
        const proof = (v.proof ?? []).map(loose);
        const run = (): void => kind === "inclusion"
          ? verifyInclusion(loose(v.leafHash), v.leafIdx, v.treeSize, proof, loose(v.root))
          : verifyConsistency(v.size1, v.size2, loose(v.root1), loose(v.root2), proof);
        let refused = false;
        try {
          run();
        } catch (error) {
          if (!(error instanceof ProofError)) throw error;
          refused = true;
        }
        return refused === v.wantErr ? null : path;
      });
      expect(all.length).toBe(98);
      expect(verdicts.filter((one) => one !== null)).toEqual([]);
    });
  }
  it("checkpoints of a real log: signature, size and root recomputed from the entries", () => {
    const reference = JSON.parse(readFileSync(join(corpus, "reference-tree.json"), "utf8")) as { tessera_log_vkey: string };
    const by = parseVkey(reference.tessera_log_vkey);
    const log = join(corpus, "tessera/log");
    const leaves = readFileSync(join(log, "tile/0/000.p/15"));
    for (let size = 0; size <= 15; size++) {
      const note = readFileSync(join(log, `checkpoint.${size}`), "utf8");
      const head = openCheckpoint(note, by);
      expect(head.size).toBe(BigInt(size));
      const hashes = Array.from({ length: size }, (_, i) => new Uint8Array(leaves.subarray(i * 32, i * 32 + 32)));
      expect(hex(head.root)).toBe(hex(root(hashes)));
      expect(() => openNote(note.replace(`\n${size}\n`, `\n${size + 1}\n`), by)).toThrow(NoteError);
    }
  });
});

function root(hashes: Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return EMPTY_ROOT;
  if (hashes.length === 1) return hashes[0] as Uint8Array;
  const k = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return nodeHash(root(hashes.slice(0, k)), root(hashes.slice(k)));
}
function inclusion(i: number, hashes: Uint8Array[]): Uint8Array[] {
  if (hashes.length <= 1) return [];
  const k = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return i < k ? [...inclusion(i, hashes.slice(0, k)), root(hashes.slice(k))] : [...inclusion(i - k, hashes.slice(k)), root(hashes.slice(0, k))];
}
function consistency(m: number, hashes: Uint8Array[], whole = true): Uint8Array[] {
  const n = hashes.length;
  if (m === n) return whole ? [] : [root(hashes)];
  const k = 2 ** Math.floor(Math.log2(n - 1));
  return m <= k
    ? [...consistency(m, hashes.slice(0, k), whole), root(hashes.slice(k))]
    : [...consistency(m - k, hashes.slice(k), false), root(hashes.slice(0, k))];
}

const ORIGIN = "guiju.example/9f2c";
const secret = new Uint8Array(32).fill(7);
const material = concatBytes(Uint8Array.of(1), ed25519.getPublicKey(secret));
const keyId = sha256(concatBytes(utf8.encode(`${ORIGIN}\n`), material)).slice(0, 4);
const vkey = `${ORIGIN}+${hex(keyId)}+${Buffer.from(material).toString("base64")}`;
function checkpoint(hashes: Uint8Array[], key = secret): string {
  const text = `${ORIGIN}\n${hashes.length}\n${Buffer.from(root(hashes)).toString("base64")}\n`;
  const line = Buffer.concat([keyId, ed25519.sign(utf8.encode(text), key)]).toString("base64");
  return `${text}\n— ${ORIGIN} ${line}\n`;
}
const b64 = (one: Uint8Array): string => Buffer.from(one).toString("base64");
const salt = new Uint8Array(32).fill(9);
const plaintext = utf8.encode(JSON.stringify({ text: "八号工位 🚧" }));
function leafOf(n: number): Uint8Array {
  const c = commitment(salt, ORIGIN, n, plaintext);
  return utf8.encode(`{"a":"p1","b":{"c":"${c}","h":"00","k":"k1","l":64},"g":"g1","gs":${n + 1},"k":"messaging.sent","m":{},"n":${n},"o":"${ORIGIN}","p":null,"r":[],"t":1,"v":1,"x":[]}`);
}
const leaves = Array.from({ length: 13 }, (_, n) => leafOf(n));
const hashes = leaves.map(leafHash);
const proofOf = (n: number) => ({
  position: n, leaf: b64(leaves[n] as Uint8Array), size: 13, checkpoint: checkpoint(hashes), inclusion: inclusion(n, hashes).map(b64),
  body: { plaintext: b64(plaintext), salt: b64(salt) }, fact: { kind: "messaging.sent", at: 1, controls: [] },
});

describe("one entry", () => {
  it("passes as it was written, at every place", () => {
    for (let n = 0; n < 13; n++) expect(unchanged(checkProof(n, proofOf(n), vkey))).toBe(true);
  });
  it("the commitment is the one of the protocol", () => {
    const message = concatBytes(utf8.encode("guiju/body/1"), Uint8Array.of(0), utf8.encode(ORIGIN), Uint8Array.of(0), utf8.encode("12"), Uint8Array.of(0), plaintext);
    expect(commitment(salt, ORIGIN, 12, plaintext)).toBe(hex(hmac(sha256, salt, message)));
  });
  it("tells a changed word, a changed leaf, a foreign place, a foreign key and a missing body apart", () => {
    const good = proofOf(5);
    const changed = checkProof(5, { ...good, body: { ...good.body, plaintext: b64(utf8.encode('{"text":"七号工位"}')) } }, vkey);
    expect([changed.body, changed.included.ok, unchanged(changed), changed.content]).toEqual(["different", true, false, null]);
    const other = checkProof(5, { ...good, leaf: b64(leafOf(4)) }, vkey);
    expect([other.leafMatches.ok, other.included.ok, unchanged(other)]).toEqual([false, false, false]);
    expect(checkProof(6, good, vkey).leafMatches.ok).toBe(false);
    const forged = checkProof(5, { ...good, checkpoint: checkpoint(hashes, new Uint8Array(32).fill(8)) }, vkey);
    expect([forged.signed.ok, unchanged(forged)]).toEqual([false, false]);
    expect(checkProof(5, { ...good, body: null }, vkey).body).toBe("not_shown");
    const spaced = checkProof(5, { ...good, leaf: b64(utf8.encode(` ${Buffer.from(good.leaf, "base64").toString()}`)) }, vkey);
    expect(unchanged(spaced)).toBe(false);
  });
});

describe("the kept head", () => {
  const at = (n: number) => ({ size: n, checkpoint: checkpoint(hashes.slice(0, n)), consistency: null as string[] | null });
  const first = judgeHead(null, vkey, at(5), 1);
  if (!first.ok) throw new Error("first head refused");
  it("follows a tree that grew, from every size to every size", () => {
    for (let m = 1; m <= 13; m++) {
      for (let n = m; n <= 13; n++) {
        const kept = judgeHead(null, vkey, at(m), 1);
        const proof = m === n ? [] : consistency(m, hashes.slice(0, n)).map(b64);
        expect(kept.ok && judgeHead(kept.kept, vkey, { ...at(n), consistency: proof }, 2)).toMatchObject({ ok: true, compared: true });
      }
    }
  });
  it("raises the alarm on a smaller tree, a rewritten past, no proof, another key and a bad signature", () => {
    const reason = (shown: Parameters<typeof judgeHead>[2], key = vkey): string | null => {
      const found = judgeHead(first.kept, key, shown, 2);
      return found.ok ? null : found.alarm.reason;
    };
    const rewritten = [...hashes.slice(0, 2), leafHash(utf8.encode("other")), ...hashes.slice(3)];
    const forked = { size: 9, checkpoint: checkpoint(rewritten.slice(0, 9)), consistency: consistency(5, rewritten.slice(0, 9)).map(b64) };
    expect(reason(at(4))).toBe("smaller");
    expect(reason(forked)).toBe("inconsistent");
    expect(reason({ ...at(9), consistency: [] })).toBe("inconsistent");
    expect(reason({ size: 5, checkpoint: checkpoint(rewritten.slice(0, 5)), consistency: [] })).toBe("inconsistent");
    expect(reason(at(9), vkey.replace(/.$/, "A"))).toBe("key_changed");
    expect(reason({ size: 9, checkpoint: checkpoint(hashes.slice(0, 9), new Uint8Array(32).fill(8)) })).toBe("bad_signature");
    expect(reason({ ...at(9), size: 10, consistency: consistency(5, hashes.slice(0, 9)).map(b64) })).toBe("malformed");
  });
  it("reads base64 strictly", () => {
    expect(() => base64("AB==")).toThrow(NoteError);
    expect(() => base64("A")).toThrow(NoteError);
  });
});
