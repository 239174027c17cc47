import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerFrame } from "../src/api/types.ts";
import { Connection } from "../src/live/connection.ts";
import { Line } from "./line.ts";

const facts = (after: number, position: number): ServerFrame => ({ type: "facts", after, position, items: [] });
const welcome = (position: number, after = position): ServerFrame => ({ type: "welcome", person: "p1", position, after, mode: "resume", head: { size: position + 1 } });

describe("the connection", () => {
  let taken: number[];
  let cursor: number;
  const states: string[] = [];
  let connection: Connection;
  const line = (): Line => Line.last;
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
      state: (one) => void states.push(one),
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

  it("comes back from a restart at a moment of its own, and from a broken line soon", () => {
    const chance = vi.spyOn(Math, "random").mockReturnValue(0.75);
    line().hear(welcome(10));
    line().onclose?.({ code: 1012 });
    vi.advanceTimersByTime(2999);
    expect(Line.opened).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(Line.opened).toHaveLength(2);
    line().onopen?.();
    line().hear(welcome(10));
    line().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(400);
    expect(Line.opened).toHaveLength(3);
    line().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(599);
    expect(Line.opened).toHaveLength(3);
    vi.advanceTimersByTime(1);
    expect(Line.opened).toHaveLength(4);
    chance.mockRestore();
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

  it("gives up its line at once when the network is gone, and comes back with its cursor", () => {
    line().hear(welcome(10));
    states.length = 0;
    const first = line();
    connection.giveUp();
    expect(states).toEqual(["offline"]);
    expect(first.readyState).not.toBe(Line.OPEN);
    connection.giveUp();
    expect(states).toEqual(["offline"]);
    connection.retryNow();
    line().onopen?.();
    expect(line().said[0]).toEqual({ type: "hello", cursor: 10 });
    line().hear(welcome(10));
    expect(states.at(-1)).toBe("online");
  });

  it("gives up a line that says nothing when the page comes back, and keeps one that answers", () => {
    line().hear(welcome(10));
    vi.advanceTimersByTime(1000);
    connection.retryNow();
    vi.advanceTimersByTime(100);
    line().hear({ type: "pong", n: 0 });
    vi.advanceTimersByTime(8000);
    expect(Line.opened).toHaveLength(1);
    connection.retryNow();
    vi.advanceTimersByTime(8000);
    expect(Line.opened).toHaveLength(2);
  });

  it("gives up a line that never says welcome", () => {
    vi.advanceTimersByTime(70_000);
    expect(Line.opened.length).toBeGreaterThan(1);
  });
});
