import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Saying where files come from. */
const ORIGIN = {
  "title": ["文件来源", "檔案來源", "Origin of the files"],
  "short": ["来源", "來源", "Origin"],
  "missing": ["先说明文件从哪里来，再发送。", "先說明檔案從哪裡來，再傳送。", "Say where the files come from, then send."],
  "missing.note": ["写明由谁授权，或者出自哪里。", "寫明由誰授權，或者出自哪裡。", "Say by whom it was permitted, or where it is public."],
  "licensed": ["由谁授权", "由誰授權", "Permitted by whom"],
  "licensed.hint": ["如：设计院李工书面同意", "如：設計院李工書面同意", "e.g. Li of the design institute, in writing"],
  "public": ["出自哪里", "出自哪裡", "Where it is public"],
  "public.hint": ["如：国家标准全文公开系统", "如：國家標準全文公開系統", "e.g. the website of the standards office"],
} as const satisfies Record<string, Triple>;

export const og = lookup(ORIGIN);
