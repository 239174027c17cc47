import type { ClauseMark, FileKind } from "./types.ts";

/** Where a file comes from, as whoever shares it says; `note` is by whom it was permitted, or where it is public. */
export type OriginKind = "own" | "organisation" | "licensed" | "public";
export interface Origin { kind: OriginKind; note: string }
/** Of which files a group asks it, and the clause that says so. */
export interface OriginRule { of: FileKind[]; clause: ClauseMark }
