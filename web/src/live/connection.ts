import type { Body, ServerFrame } from "../api/types.ts";
import type { LinkState } from "../lib/line.ts";

export interface Handlers {
  cursor: () => number | null;
  frame: (frame: ServerFrame) => void;
  state: (state: LinkState) => void;
  ended: () => void;
}

const PING_MS = 20_000;
const SILENCE_MS = 50_000;
const PROBE_MS = 6000;
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 15_000;
/** A server that starts again says goodbye to everybody at once: they come back spread over so long. */
const [RESTART, RESTART_MS] = [1012, 4000];

/** One socket that comes back by itself, with growing pauses, and resumes at the cursor. */
export class Connection {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private tries = 0;
  private heard = 0;
  /** Up to where everything has come in on this socket. */
  private told = -1;
  private closed = false;
  private readonly on: Handlers;

  constructor(on: Handlers) {
    this.on = on;
  }

  open(): void {
    if (this.closed || this.socket !== null) return;
    clearTimeout(this.timer);
    if (this.tries === 0) this.on.state("connecting");
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    this.socket = socket;
    socket.onopen = () => {
      this.startBeat();
      this.write({ type: "hello", cursor: this.on.cursor() });
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.heard = Date.now();
      const frame = JSON.parse(String(event.data)) as ServerFrame;
      if (frame.type === "welcome") {
        this.tries = 0;
        this.on.state("online");
        this.told = frame.after;
      } else if (frame.type === "facts") {
        if (frame.after > this.told) return this.drop(socket);
        this.told = frame.position;
      }
      this.on.frame(frame);
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.lost(event.code);
    };
  }

  /** Tries at once, for when the system says that the network is back or the page is shown again; pauses begin anew. */
  retryNow(): void {
    this.tries = 0;
    if (this.socket === null && !this.closed) this.open();
    else if (this.socket) this.probe(this.socket);
  }

  /** The system says that the network is gone: what looks whole leads nowhere, and would say so only after a long silence. */
  giveUp(): void {
    if (this.socket) this.drop(this.socket);
  }

  /** A line that looked whole before a device slept may lead nowhere: one that says nothing soon is given up. */
  private probe(socket: WebSocket): void {
    const asked = Date.now();
    this.write({ type: "ping", n: asked });
    setTimeout(() => this.socket === socket && this.heard < asked && this.drop(socket), PROBE_MS);
  }

  send(cmid: string, group: string, body: Body): boolean {
    return this.write({ type: "send", cmid, group, body });
  }
  read(group: string, position: number): boolean {
    return this.write({ type: "read", group, position });
  }

  /** Whether somebody looks at this page: otherwise what comes may be pushed to other devices. */
  visible(on: boolean): boolean {
    return this.write({ type: "visible", on });
  }

  /** A frame got lost on the way: come back with the cursor, which brings what is missing. */
  private drop(socket: WebSocket): void {
    this.lost(1006);
    socket.close();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.beat);
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
  }

  private write(frame: Record<string, unknown>): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private startBeat(): void {
    clearInterval(this.beat);
    this.heard = Date.now();
    this.beat = setInterval(() => {
      if (Date.now() - this.heard > SILENCE_MS) {
        if (this.socket) this.drop(this.socket);
      } else this.write({ type: "ping", n: Date.now() });
    }, PING_MS);
  }

  private lost(code: number): void {
    this.socket = null;
    clearInterval(this.beat);
    if (this.closed) return;
    if (code === 4401) {
      this.closed = true;
      this.on.ended();
      return;
    }
    this.on.state("offline");
    const longest = code === RESTART ? RESTART_MS : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.tries);
    // All of it is chance but for the first try, which is soon: a line that breaks by itself breaks for one.
    const wait = this.tries === 0 && code !== RESTART ? longest : longest * Math.random();
    this.tries++;
    this.timer = setTimeout(() => this.open(), code === 4400 || code === 4403 || code === 4429 ? LAST_RETRY_MS : wait);
  }
}
