/** The brand mark as a PNG: the numbers are those of `src/ui/icon.svg`, drawn from distances, each pixel as far as it is covered. */
import { crc32, deflateSync } from "node:zlib";

type Colour = readonly [number, number, number];
const GROUND: Colour = [0x15, 0x30, 0x2f];
const ANGLE: Colour = [255, 255, 255];
const RING: Colour = [0x8f, 0xb8, 0xb4];
const UNITS = 32;

/** Distances from an edge, in units of the picture: outside positive, inside negative. */
const box = (x: number, y: number, cx: number, cy: number, w: number, h: number, r: number): number => {
  const [dx, dy] = [Math.abs(x - cx) - w + r, Math.abs(y - cy) - h + r];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - r;
};
/** Two strokes with square ends. */
const angle = (x: number, y: number): number => Math.min(box(x, y, 26, 16, 1.4, 11.4, 0), box(x, y, 16, 26, 11.4, 1.4, 0));
const ring = (x: number, y: number): number => Math.abs(Math.hypot(x - 14, y - 14.4) - 6.6) - 1.2;
const over = (below: Colour, above: Colour, share: number): Colour =>
  [0, 1, 2].map((n) => (below[n] ?? 0) + ((above[n] ?? 0) - (below[n] ?? 0)) * share) as unknown as Colour;

/** A maskable one fills its square, and its mark keeps to the middle that every mask leaves. */
export function icon(size: number, maskable: boolean): Uint8Array {
  const line = size * 4 + 1;
  const rows = Buffer.alloc(size * line);
  const [unit, shrink] = [size / UNITS, maskable ? 0.68 : 1];
  const covered = (distance: number): number => Math.min(1, Math.max(0, 0.5 - distance * unit));
  for (let py = 0; py < size; py++) {
    for (let px = 0; px < size; px++) {
      const [gx, gy] = [(px + 0.5) / unit, (py + 0.5) / unit];
      const [x, y] = [(gx - 16) / shrink + 16, (gy - 16) / shrink + 16];
      const colour = over(over(GROUND, RING, covered(ring(x, y) * shrink)), ANGLE, covered(angle(x, y) * shrink));
      const solid = maskable ? 1 : covered(box(gx, gy, 16, 16, 16, 16, 6));
      rows.set([...colour, solid * 255].map(Math.round), py * line + 1 + px * 4);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
