import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** Display settings. */
export const LOOK = {
  "theme": ["主题", "主題", "Theme"],
  "theme.system": ["跟随系统", "跟隨系統", "As the system"],
  "theme.light": ["浅色", "淺色", "Light"],
  "theme.dark": ["深色", "深色", "Dark"],
  "size": ["字号", "字級", "Text size"],
  "size.normal": ["标准", "標準", "Normal"],
  "size.large": ["大字", "大字", "Large"],
  "size.xlarge": ["特大", "特大", "Larger"],
  "send": ["发送键", "傳送鍵", "Sending"],
  "send.enter": ["Enter", "Enter", "Enter"],
  "send.ctrl": ["Ctrl/⌘ + Enter", "Ctrl/⌘ + Enter", "Ctrl/⌘ + Enter"],
  "lang": ["语言", "語言", "Language"],
  "lang.zh-CN": ["简体中文", "简体中文", "简体中文"],
  "lang.zh-TW": ["繁體中文", "繁體中文", "繁體中文"],
  "lang.en": ["English", "English", "English"],
} as const satisfies Record<string, Triple>;

export const lk = lookup(LOOK);
