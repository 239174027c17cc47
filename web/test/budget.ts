/** Fails when what the chat loads first is over its budget, or when anything of the console is in it. Reads the build's manifest. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const MOST = { js: 130 * 1024, css: 15 * 1024 };
interface Chunk { file: string; isEntry?: boolean; imports?: string[]; css?: string[]; src?: string }
const dist = join(import.meta.dirname, "../dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8")) as Record<string, Chunk>;
const files = new Set<string>();
const seen = new Set<string>();
function add(key: string): void {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(key)) return;
  seen.add(key);
  files.add(chunk.file);
  for (const one of chunk.css ?? []) files.add(one);
  for (const one of chunk.imports ?? []) add(one);
}
for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) add(key);
const size = (end: string): number =>
  [...files].filter((one) => one.endsWith(end)).reduce((sum, one) => sum + gzipSync(readFileSync(join(dist, one)), { level: 9 }).length, 0);
const found = { js: size(".js"), css: size(".css") };
const strangers = [...seen].filter((one) => /src\/(console|door)\/|lib\/proof/.test(one));
const kib = (n: number): string => `${(n / 1024).toFixed(1)} KiB`;
console.log(`first load: JavaScript ${kib(found.js)} of ${kib(MOST.js)}, CSS ${kib(found.css)} of ${kib(MOST.css)} (gzip)`);
const bad = [
  found.js === 0 || found.css === 0 ? "no entry found in the manifest" : "",
  found.js > MOST.js ? "JavaScript over budget" : "",
  found.css > MOST.css ? "CSS over budget" : "",
  strangers.length > 0 ? `console code in the first load: ${strangers.join(", ")}` : "",
].filter(Boolean);
if (bad.length > 0) {
  console.error(bad.join("\n"));
  process.exit(1);
}
