/** What the build adds to the bundle: the worker with the list of files that it keeps, the pictures of the manifest, and everything compressed. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { transformWithOxc } from "vite";
import type { Plugin } from "vite";
import { icon } from "./icon.ts";

const COMPRESSED = /\.(js|css|html|svg|webmanifest)$/;
/** Neither the page's business nor kept by the worker: itself, and how things are sent. */
const APART = /(^|\/)(\.vite\/|sw\.js$)|\.(br|gz)$/;

const all = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name).slice(folder.length + 1));

/** The worker keeps one version of the page with all that belongs to it, under a name that is another one for every build. */
async function worker(folder: string): Promise<void> {
  const files = all(folder).filter((one) => !APART.test(one)).sort();
  const hash = createHash("sha256");
  for (const one of files) hash.update(one).update(readFileSync(join(folder, one)));
  const file = join(import.meta.dirname, "../src/worker/sw.ts");
  const { code } = await transformWithOxc(readFileSync(file, "utf8"), file);
  const list = files.map((one) => (one === "index.html" ? "/" : `/${one}`));
  const filled = code.replace('"__VERSION__"', JSON.stringify(hash.digest("hex").slice(0, 12))).replace('["__FILES__"]', JSON.stringify(list));
  if (filled.includes("__VERSION__") || filled.includes("__FILES__")) throw new Error("the worker was not filled in");
  writeFileSync(join(folder, "sw.js"), filled);
}

function compress(folder: string): void {
  for (const one of all(folder).filter((each) => COMPRESSED.test(each) && !each.startsWith(".vite/"))) {
    const bytes = readFileSync(join(folder, one));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    for (const [end, packed] of [["br", brotliCompressSync(bytes, { params })], ["gz", gzipSync(bytes, { level: 9 })]] as const) {
      if (packed.length < bytes.length) writeFileSync(join(folder, `${one}.${end}`), packed);
    }
  }
}

export function served(): Plugin {
  let folder = "";
  return {
    name: "guiju-served",
    apply: "build",
    configResolved: (config) => void (folder = join(config.root, config.build.outDir)),
    generateBundle() {
      for (const size of [192, 512]) this.emitFile({ type: "asset", fileName: `icon-${size}.png`, source: icon(size, false) });
      this.emitFile({ type: "asset", fileName: "icon-maskable.png", source: icon(512, true) });
      this.emitFile({ type: "asset", fileName: "apple-touch-icon.png", source: icon(180, true) });
    },
    async closeBundle() {
      await worker(folder);
      compress(folder);
    },
  };
}
