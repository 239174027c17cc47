import type { ServerFrame } from "../src/api/types.ts";

/** The far end of a socket: what the client said, and what the test answers. */
export class Line {
  static readonly OPEN = 1;
  static opened: Line[] = [];
  static get last(): Line {
    return Line.opened.at(-1) as Line;
  }
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
