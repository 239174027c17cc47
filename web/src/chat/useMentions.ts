import { nextTick, ref } from "vue";
import type { Ref } from "vue";
import { mentionsIn } from "../lib/text.ts";

export interface Mentions {
  /** The part after an @ that is being typed, or null. */
  asking: Ref<string | null>;
  /** Whom I chose while writing: name by id. */
  picked: Map<string, string>;
  look: () => void;
  start: () => void;
  choose: (id: string, name: string) => void;
  /** The ids of the chosen that still stand in the text. */
  ids: () => string[];
}

/** Mentioning people while writing in `field`, whose value is `text`; `before` are those whom it mentions already, `may` says who still can be. */
export function useMentions(text: Ref<string>, field: Ref<HTMLTextAreaElement | undefined>, before: readonly (readonly [string, string])[] = [], may: (id: string) => boolean = () => true): Mentions {
  const asking = ref<string | null>(null);
  const picked = new Map<string, string>(before);

  function look(): void {
    const el = field.value;
    if (!el) return;
    const found = /(?:^|[\s，。；：、（(]|[^\x00-\x7f])@([^@\s]{0,16})$/u.exec(el.value.slice(0, el.selectionStart));
    asking.value = found ? (found[1] ?? "") : null;
  }
  async function put(at: number, end: number, what: string): Promise<void> {
    text.value = text.value.slice(0, at) + what + text.value.slice(end);
    await nextTick();
    field.value?.focus();
    field.value?.setSelectionRange(at + what.length, at + what.length);
    look();
  }
  function choose(id: string, name: string): void {
    const end = field.value?.selectionStart ?? text.value.length;
    const before = text.value.slice(0, end);
    picked.set(id, name);
    asking.value = null;
    void put(before.lastIndexOf("@"), end, `@${name} `);
  }
  function start(): void {
    const at = field.value?.selectionStart ?? text.value.length;
    void put(at, at, at > 0 && /[\x21-\x7e]/.test(text.value[at - 1] ?? "") ? " @" : "@");
  }
  return { asking, picked, look, start, choose, ids: () => mentionsIn(text.value, picked).filter(may) };
}
