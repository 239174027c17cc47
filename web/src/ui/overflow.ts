/** The finding that a text or file is which was not read to its end: it has no place and no word. */
interface Named { category?: string; rule?: string }

export const isOverflow = (one: Named): boolean => one.category === "overflow";
export const placed = <T extends Named>(findings: readonly T[]): T[] => findings.filter((one) => !isOverflow(one));
