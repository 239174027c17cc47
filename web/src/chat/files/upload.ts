/** The way of one file to the server: in parts, resumed where it broke off (also by an earlier page), then inspected there. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { ApiError, get, post } from "../../api/client.ts";
import type { Upload } from "../../api/types.ts";
import { f } from "../../i18n/files.ts";
import { explain } from "../../ui/explain.ts";
import { noteFile } from "../../live/holding.ts";
import type { Pending } from "./pending.ts";

const PAUSE_MS = 3000;
const POLL_MS = 1000;
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function putPart(id: string, index: number, part: Blob): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`/api/uploads/${id}/${index}`, {
      method: "PUT", credentials: "same-origin", headers: { "Content-Type": "application/octet-stream" }, body: part,
    });
  } catch {
    throw new ApiError(0, "network", "", {});
  }
  // What is not read keeps its connection.
  if (response.ok) return void (await response.arrayBuffer().catch(() => undefined));
  const found = (await response.json().catch(() => ({}))) as { code?: string; message?: string; data?: Record<string, unknown> };
  throw new ApiError(response.status, found.code ?? `http.${response.status}`, found.message ?? "", found.data ?? {});
}

/** Tries again for as long as it is only the line that fails. */
async function lasting<T>(one: Pending, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const done = await call();
      if (one.state === "paused") one.state = "sending";
      return done;
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 0 && error.status !== 503) || one.stopped) throw error;
      one.state = "paused";
      await wait(PAUSE_MS);
      if (one.stopped) throw error;
    }
  }
}

async function hashOf(source: Blob, chunk: number): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < source.size; at += chunk) hash.update(new Uint8Array(await source.slice(at, at + chunk).arrayBuffer()));
  return bytesToHex(hash.digest());
}

async function send(one: Pending): Promise<Upload> {
  let found: Upload;
  if (one.id === null) {
    const body = { group: one.group, name: one.name, size: one.source.size, kind: one.kind, ...(one.seconds !== null && { seconds: one.seconds }) };
    found = await lasting(one, () => post<Upload>("/uploads", body));
    if (one.stopped) return found;
    one.id = found.id;
    void noteFile(one.key, { id: found.id });
  } else {
    const id = one.id;
    found = await lasting(one, () => get<Upload>(`/uploads/${id}`));
  }
  const { id, chunk } = found;
  if (!one.sha256) {
    one.sha256 = await hashOf(one.source, 4 * 1024 * 1024);
    void noteFile(one.key, { sha256: one.sha256 });
  }
  if (found.state === "ready" || found.state === "refused") return found;
  let left = found.missing.length;
  const parts = Math.max(1, Math.ceil(one.source.size / chunk));
  one.sent = (parts - left) / parts;
  for (const index of found.missing) {
    if (one.stopped) return found;
    await lasting(one, () => putPart(id, index, one.source.slice(index * chunk, (index + 1) * chunk)));
    left--;
    one.sent = (parts - left) / parts;
  }
  one.state = "inspecting";
  found = await lasting(one, () => post<Upload>(`/uploads/${id}/completion`, { sha256: one.sha256 }));
  while (found.state === "inspecting" || (found.state === "receiving" && found.missing.length === 0)) {
    await wait(POLL_MS);
    if (one.stopped) return found;
    found = await lasting(one, () => get<Upload>(`/uploads/${id}`));
  }
  return found;
}

/** An upload that the server has given up in the meantime is begun anew, once. */
async function sendAnew(one: Pending): Promise<Upload> {
  const resumed = one.id !== null;
  try {
    return await send(one);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    one.id = null;
    void noteFile(one.key, { id: null });
    if (!resumed || one.stopped) throw error;
    return send(one);
  }
}

export async function upload(one: Pending): Promise<void> {
  one.state = "sending";
  one.why = "";
  try {
    const found = await sendAnew(one);
    if (one.stopped) return;
    if (found.state === "ready") {
      one.file = found.file ?? null;
      one.sent = 1;
      one.state = "ready";
      return;
    }
    one.why = f(found.reason === "malware" ? "refused.malware" : found.reason === "not_a_recording" ? "refused.not_a_recording" : "r.other");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    one.why = explain(error);
  }
  one.state = "failed";
}
