/** How the names of my conversations sound, for whoever types letters; asked for where something is looked for by name. */
import { shallowRef } from "vue";
import { get } from "../api/client.ts";
import { soundsLike } from "../lib/sounds.ts";

const sounds = shallowRef<Readonly<Record<string, string>>>({});
/** Without an answer what is typed finds names as they are written. */
export const loadSounds = (): Promise<void> => get<{ sounds: Record<string, string> }>("/sounds").then((page) => void (sounds.value = page.sounds), () => undefined);
/** Whether each of `words`, in small letters, stands in what is written of a conversation, or is how its name sounds; `own`: of something else, which sounds so. */
export const isMeant = (group: string, written: string, words: readonly string[], own = ""): boolean =>
  words.every((word) => written.toLowerCase().includes(word) || soundsLike(sounds.value[group] ?? own, word));
