/** Has files inspected once more, by rules that have changed since. */
import { get, post } from "../api/client.ts";
import type { FileMark, Upload } from "../api/types.ts";

const POLL_MS = 1000;

/** True when all of them may go now. */
export async function inspectAgain(files: readonly FileMark[]): Promise<boolean> {
  for (const file of files) {
    let found = await post<Upload>(`/uploads/${file.id}/completion`, { sha256: file.sha256 ?? "" });
    while (found.state === "inspecting") {
      await new Promise((done) => setTimeout(done, POLL_MS));
      found = await get<Upload>(`/uploads/${file.id}`);
    }
    if (found.state !== "ready") return false;
  }
  return true;
}
