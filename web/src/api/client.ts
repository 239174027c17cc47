import type { ClauseMark } from "./types.ts";

/** A refusal or failure of a request. `code` is stable; `clause` says which rule refused, if one did. Code `network` has status 0. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly data: Record<string, unknown>;

  constructor(status: number, code: string, message: string, data: Record<string, unknown>) {
    super(message);
    this.status = status;
    this.code = code;
    this.data = data;
  }

  get clause(): ClauseMark | null {
    return (this.data["clause"] as ClauseMark | undefined) ?? null;
  }
}

/** Called once per answer 401, so that one place decides what the end of a session means. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(run: () => void): void {
  onSignedOut = run;
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method, credentials: "same-origin", headers: { Accept: "application/json" } };
  if (body !== undefined) {
    init.headers = { Accept: "application/json", "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(`/api${path}`, init);
    // An answer may also break off in its body.
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  } catch {
    throw new ApiError(0, "network", "", {});
  }
  const error = await problem(response);
  if (error.status === 401 && error.code !== "identity.bad_credentials") onSignedOut();
  throw error;
}

async function problem(response: Response): Promise<ApiError> {
  try {
    const found = (await response.json()) as { code?: string; message?: string; data?: Record<string, unknown> | null };
    return new ApiError(response.status, found.code ?? `http.${response.status}`, found.message ?? "", found.data ?? {});
  } catch {
    return new ApiError(response.status, `http.${response.status}`, "", {});
  }
}

export const get = <T>(path: string): Promise<T> => call<T>("GET", path);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>("POST", path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => call<T>("PUT", path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => call<T>("PATCH", path, body);
export const del = (path: string): Promise<void> => call<void>("DELETE", path);

/** `?a=1&b=2` of the entries that have a value. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") out.set(name, String(value));
  }
  const text = out.toString();
  return text ? `?${text}` : "";
}

export const at = encodeURIComponent;
