/** Whether `typed`, small letters, may mean part of a name that sounds so (`zong zhuang yi che/ju jian`): whole syllables, first letters or beginnings, from any syllable on. */
export function soundsLike(sounds: string, typed: string): boolean {
  const syllables = sounds.split(" ").map((one) => one.split("/"));
  const ends = (rest: string, at: number): boolean =>
    rest === "" || (syllables[at] ?? []).some((one) => {
      for (let n = one.length; n > 0; n--) if (rest.startsWith(one.slice(0, n)) && ends(rest.slice(n), at + 1)) return true;
      return false;
    });
  return sounds !== "" && syllables.some((_, at) => ends(typed, at));
}
