/** RFC 6962 section 2.1: hashes, inclusion and consistency. Indices and sizes are bigint, since they are unsigned 64-bit. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

export class ProofError extends Error {}
const MAX = (1n << 64n) - 1n;

export const leafHash = (leaf: Uint8Array): Uint8Array => sha256(concatBytes(Uint8Array.of(0), leaf));
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(concatBytes(Uint8Array.of(1), left, right));
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array());

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

function checked(proof: readonly Uint8Array[], ...numbers: bigint[]): void {
  if (numbers.some((one) => one < 0n || one > MAX)) throw new ProofError("number out of range");
  if (proof.some((one) => one.length !== 32)) throw new ProofError("hash of a wrong length");
}

const bits = (n: bigint): number => (n === 0n ? 0 : n.toString(2).length);
const ones = (n: bigint): number => n.toString(2).replaceAll("0", "").length;
const trailingZeros = (n: bigint): number => {
  let z = 0;
  while ((n & 1n) === 0n) {
    n >>= 1n;
    z++;
  }
  return z;
};

/** How many steps lie inside the smallest subtree with both the leaf and the end of the tree, and how many border it. */
function shape(index: bigint, size: bigint): { inner: number; border: number } {
  const inner = bits(index ^ (size - 1n));
  return { inner, border: ones(index >> BigInt(inner)) };
}

function climb(seed: Uint8Array, proof: readonly Uint8Array[], index: bigint): Uint8Array {
  return proof.reduce((hash, one, i) => ((index >> BigInt(i)) & 1n ? nodeHash(one, hash) : nodeHash(hash, one)), seed);
}
function climbRight(seed: Uint8Array, proof: readonly Uint8Array[], index: bigint): Uint8Array {
  return proof.reduce((hash, one, i) => ((index >> BigInt(i)) & 1n ? nodeHash(one, hash) : hash), seed);
}
const border = (seed: Uint8Array, proof: readonly Uint8Array[]): Uint8Array => proof.reduce((hash, one) => nodeHash(one, hash), seed);

/** The root that a tree of `size` leaves has if `hash` is its leaf at `index`. Throws ProofError on a proof of a wrong shape. */
export function rootFromInclusion(hash: Uint8Array, index: bigint, size: bigint, proof: readonly Uint8Array[]): Uint8Array {
  checked(proof, index, size);
  if (hash.length !== 32) throw new ProofError("leaf hash of a wrong length");
  if (index >= size) throw new ProofError("index beyond the tree");
  const { inner, border: rest } = shape(index, size);
  if (proof.length !== inner + rest) throw new ProofError(`proof has ${proof.length} hashes, expected ${inner + rest}`);
  return border(climb(hash, proof.slice(0, inner), index), proof.slice(inner));
}

/** Throws ProofError unless `hash` is leaf `index` of the tree (`size`, `root`). */
export function verifyInclusion(hash: Uint8Array, index: bigint, size: bigint, proof: readonly Uint8Array[], root: Uint8Array): void {
  if (!equal(rootFromInclusion(hash, index, size, proof), root)) throw new ProofError("the path does not lead to the root");
}

/** Throws ProofError unless the tree (`size2`, `root2`) begins with all leaves of (`size1`, `root1`). Size 0 is always refused. */
export function verifyConsistency(
  size1: bigint, size2: bigint, root1: Uint8Array, root2: Uint8Array, proof: readonly Uint8Array[],
): void {
  checked(proof, size1, size2);
  if (size2 < size1) throw new ProofError("the tree became smaller");
  if (size1 === 0n) throw new ProofError("nothing to compare with");
  if (size1 === size2) {
    if (proof.length > 0) throw new ProofError("proof given for equal sizes");
    if (!equal(root1, root2)) throw new ProofError("two roots for one size");
    return;
  }
  const first = proof[0];
  if (first === undefined) throw new ProofError("empty proof");
  const shift = trailingZeros(size1);
  const { inner: all, border: rest } = shape(size1 - 1n, size2);
  const inner = all - shift;
  // The hash to start from is the last full subtree of the old tree; when that is the whole old tree, it is its root.
  const whole = size1 === 1n << BigInt(shift);
  const seed = whole ? root1 : first;
  const start = whole ? 0 : 1;
  if (proof.length !== start + inner + rest) throw new ProofError(`proof has ${proof.length} hashes, expected ${start + inner + rest}`);
  const path = proof.slice(start);
  const mask = (size1 - 1n) >> BigInt(shift);
  const old = border(climbRight(seed, path.slice(0, inner), mask), path.slice(inner));
  if (!equal(old, root1)) throw new ProofError("the proof does not lead to the old root");
  const now = border(climb(seed, path.slice(0, inner), mask), path.slice(inner));
  if (!equal(now, root2)) throw new ProofError("the proof does not lead to the new root");
}
