/** Whether `typed`, small letters, may mean part of a name that sounds so (`zong zhuang yi che/ju jian`): whole syllables, first letters or beginnings, from any syllable on. */
export function soundsLike(sounds: string, typed: string): boolean {
  const syllables = sounds.split(" ").map((one) => one.split("/"));
  /** What may be left of `typed` after each syllable, each once: names whose characters have several readings would else take for ever. */
  const fits = (from: number): boolean => {
    let rests = new Set([typed]);
    for (const readings of syllables.slice(from)) {
      const left = new Set<string>();
      for (const rest of rests) {
        for (const one of readings) {
          for (let n = one.length; n > 0; n--) {
            if (!rest.startsWith(one.slice(0, n))) continue;
            if (rest.length === n) return true;
            left.add(rest.slice(n));
          }
        }
      }
      rests = left;
    }
    return false;
  };
  return sounds !== "" && syllables.some((_, at) => fits(at));
}
