import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerFrame } from "../src/api/types.ts";
import { Connection } from "../src/live/connection.ts";

/** The far end of a socket: what the client said, and what the test answers. */
class Line {
  static readonly OPEN = 1;
  static opened: Line[] = [];
  readyState = Line.OPEN;
  said: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor() {
    Line.opened.push(this);
  }
  send(text: string): void {
    this.said.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.readyState = 3;
  }
  hear(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const facts = (after: number, position: number): ServerFrame => ({ type: "facts", after, position, items: [] });
const welcome = (position: number, after = position): ServerFrame => ({ type: "welcome", position, after, mode: "resume", head: { size: position + 1 } });

describe("the connection", () => {
  let taken: number[];
  let cursor: number;
  let connection: Connection;
  const line = (): Line => Line.opened.at(-1) as Line;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("location", { protocol: "http:", host: "example.test" });
    vi.stubGlobal("WebSocket", Line);
    Line.opened = [];
    taken = [];
    cursor = 10;
    connection = new Connection({
      cursor: () => cursor,
      frame: (frame) => {
        if (frame.type === "facts") taken.push((cursor = frame.position));
      },
      state: () => undefined,
      ended: () => undefined,
    });
    connection.open();
    line().onopen?.();
  });
  afterEach(() => {
    connection.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("D4: takes frames that follow one another", () => {
    line().hear(welcome(14, 10));
    line().hear(facts(10, 14));
    line().hear(facts(14, 20));
    expect(taken).toEqual([14, 20]);
    expect(Line.opened).toHaveLength(1);
  });

  it("D4: comes back with its cursor when a frame was lost, and takes nothing after the gap", () => {
    line().hear(welcome(10));
    line().hear(facts(10, 12));
    const first = line();
    first.hear(facts(15, 16));
    first.hear(facts(16, 17));
    expect(taken).toEqual([12]);
    expect(first.readyState).not.toBe(Line.OPEN);
    vi.advanceTimersByTime(2000);
    expect(Line.opened).toHaveLength(2);
    line().onopen?.();
    expect(line().said[0]).toEqual({ type: "hello", cursor: 12 });
  });
});
