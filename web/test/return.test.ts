import { createRenderer, defineComponent, h, nextTick, ref } from "vue";
import { beforeEach, expect, it, vi } from "vitest";

/** As much of an element as has the focus. */
class Place {
  parent: Place | null = null;
  readonly tagName: string;
  constructor(tagName: string) {
    this.tagName = tagName;
  }
  get isConnected(): boolean {
    return this.parent !== null;
  }
  contains(other: Place): boolean {
    for (let at: Place | null = other; at; at = at.parent) if (at === this) return true;
    return false;
  }
  focus(): void {
    page.activeElement = this;
  }
}
const [body, composer] = [new Place("BODY"), new Place("TEXTAREA")];
const page = { body, activeElement: body, querySelector: () => composer };
let [coarse, input] = [false, body];
vi.stubGlobal("document", page);
vi.stubGlobal("matchMedia", () => ({ matches: coarse }));
const { useReturn } = await import("../src/chat/useReturn.ts");

const { createApp } = createRenderer<Place, Place>({
  insert: (one, parent) => void (one.parent = parent), parentNode: (one) => one.parent, nextSibling: () => null, patchProp: () => undefined,
  createElement: (kind) => (kind === "input" ? (input = new Place("INPUT")) : new Place(kind)), createText: () => new Place(""), createComment: () => new Place(""), setText: () => undefined, setElementText: () => undefined,
  // As in a browser, what goes leaves the focus to the body.
  remove: (one) => {
    if (one.contains(page.activeElement)) page.activeElement = body;
    one.parent = null;
  },
});
const Panel = defineComponent(() => {
  useReturn();
  return () => h("aside", [h("input")]);
});
/** Where the focus is after a panel that `opener` opened has closed. */
async function after(opener: Place, meanwhile: () => void): Promise<Place> {
  const open = ref(true);
  opener.focus();
  createApp(() => (open.value ? h(Panel) : null)).mount(new Place("DIV"));
  meanwhile();
  open.value = false;
  await nextTick();
  return page.activeElement;
}
let button = body;
beforeEach(() => {
  button = new Place("BUTTON");
  button.parent = body;
  coarse = false;
});

it("the focus goes back to what opened the panel", async () => {
  expect(await after(button, () => input.focus())).toBe(button);
});
it("to the composer where that is gone, or nothing had it", async () => {
  expect(await after(button, () => {
    input.focus();
    button.parent = null;
  })).toBe(composer);
  expect(await after(body, () => input.focus())).toBe(composer);
});
it("a phone's keyboard stays away", async () => {
  coarse = true;
  expect(await after(body, () => input.focus())).toBe(body);
  expect(await after(button, () => input.focus())).toBe(button);
});
it("a focus that is elsewhere by now stays there", async () => {
  const row = new Place("A");
  expect(await after(button, () => row.focus())).toBe(row);
});
