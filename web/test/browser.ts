/** As much of a browser as the history needs: entries that hold a copy of their state, and steps that arrive later, as a popstate. */
import { vi } from "vitest";

interface Entry { url: string; state: unknown }
type Told = (event: Event) => void;

export class Browser {
  entries: Entry[] = [{ url: "/", state: null }];
  at = 0;
  /** How many of the next steps come to nothing. */
  lose = 0;
  /** Whether steps that are asked for while one is on its way arrive with it as one, as some browsers have it. */
  merges = false;
  private wanted = 0;
  private told: Told[] = [];

  constructor(url: string) {
    this.entries[0] = { url, state: null };
    this.load();
  }
  get here(): Entry {
    return this.entries[this.at] as Entry;
  }
  get urls(): string[] {
    return this.entries.map((one) => one.url);
  }
  /** A page loaded anew: what ran is gone, what the history holds stays. */
  load(): void {
    this.told = [];
    const add = (kind: string, one: Told): void => void (kind === "popstate" && this.told.push(one));
    const location = Object.defineProperties({ protocol: "http:", host: "guiju.example", hash: "" }, {
      pathname: { get: () => new URL(this.here.url, "http://guiju.example").pathname },
      search: { get: () => new URL(this.here.url, "http://guiju.example").search },
    });
    const write = (state: unknown, url: string): Entry => ({ state: structuredClone(state), url: url ? url.replace("http://guiju.example", "") : this.here.url });
    const history = Object.defineProperties({
      go: (by: number) => this.go(by),
      pushState: (state: unknown, _: string, url: string) => {
        this.entries.splice(this.at + 1, Infinity, write(state, url));
        this.at += 1;
      },
      replaceState: (state: unknown, _: string, url: string) => void (this.entries[this.at] = write(state, url)),
    }, { state: { get: () => this.here.state }, length: { get: () => this.entries.length } });
    const window = { history, location, addEventListener: add, removeEventListener: () => undefined, scrollX: 0, scrollY: 0 };
    const document = { querySelector: () => null, addEventListener: () => undefined, removeEventListener: () => undefined };
    for (const [name, value] of Object.entries({ window, document, history, location, addEventListener: add })) vi.stubGlobal(name, value);
  }
  go(by: number): void {
    if (this.lose > 0) {
      this.lose -= 1;
      return;
    }
    this.wanted += by;
    setTimeout(() => void this.arrive(by), 20);
  }
  private async arrive(by: number): Promise<void> {
    const to = this.at + (this.merges ? this.wanted : by);
    this.wanted -= this.merges ? this.wanted : by;
    if (to === this.at || !this.entries[to]) return;
    this.at = to;
    let stopped = false;
    const event = { type: "popstate", state: this.here.state, stopImmediatePropagation: () => (stopped = true) } as unknown as Event;
    // In the order in which they were added, captured or not; what each has promised itself is done before the next is called.
    for (const one of this.told) {
      if (stopped) return;
      one(event);
      for (let n = 0; n < 30; n += 1) await Promise.resolve();
    }
  }
}
