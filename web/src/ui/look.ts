/** Theme, size of text, watermark: what the page looks like for this reader. Everything is set through the DOM, as the CSP asks. */
import { ref, watch } from "vue";

export type Theme = "system" | "light" | "dark";
export type TextSize = "normal" | "large" | "xlarge";
export type SendKey = "enter" | "ctrl";
export type Sound = "system" | "off" | "soft" | "bright";
const saved = <T extends string>(key: string, known: readonly T[], otherwise: T): T => {
  const found = localStorage.getItem(key) as T | null;
  return found !== null && known.includes(found) ? found : otherwise;
};
export const theme = ref<Theme>(saved("gj.theme", ["system", "light", "dark"], "system"));
export const textSize = ref<TextSize>(saved("gj.text", ["normal", "large", "xlarge"], "normal"));
/** What sends what is written: Enter, or Enter with Ctrl or ⌘. */
export const sendKey = ref<SendKey>(saved("gj.send", ["enter", "ctrl"], "enter"));
watch(sendKey, (one) => localStorage.setItem("gj.send", one));
/** How a notification sounds while a page is open: as the system has it, not at all, or with a tone of ours. */
export const sound = ref<Sound>(saved("gj.sound", ["system", "off", "soft", "bright"], "system"));
watch(sound, (one) => localStorage.setItem("gj.sound", one));
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function attribute(name: string, value: string, none: string): void {
  if (value === none) root.removeAttribute(name);
  else root.setAttribute(name, value);
}

let owner = "";
function draw(): void {
  if (!owner) {
    root.style.removeProperty("--wm");
    return;
  }
  const isDark = theme.value === "dark" || (theme.value === "system" && dark.matches);
  const safe = owner.replace(/[<>&"']/g, " ");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="260" height="150"><text x="20" y="110" transform="rotate(-20 20 110)" `
    + `font-family="sans-serif" font-size="13" fill="${isDark ? "#e5ecea" : "#17211f"}" fill-opacity="${isDark ? ".05" : ".055"}">${safe}</text></svg>`;
  root.style.setProperty("--wm", `url("data:image/svg+xml,${encodeURIComponent(svg).replace(/'/g, "%27")}")`);
}
dark.addEventListener("change", draw);
watch(theme, (one) => {
  localStorage.setItem("gj.theme", one);
  attribute("data-theme", one, "system");
  draw();
}, { immediate: true });
watch(textSize, (one) => {
  localStorage.setItem("gj.text", one);
  attribute("data-text", one, "normal");
}, { immediate: true });

/** Draws the reader's name and staff number over every page; an empty text takes it away. */
export function watermark(text: string): void {
  owner = text;
  draw();
}
