/** Letters that may differ in a word that was meant. */
const MISTAKES_MAX = 2;
/** Longer words are not compared: nobody typed them by mistake. */
const LENGTH_MAX = 64;

/** The name that was probably meant, if one is close enough. */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  if (typed === "" || typed.length > LENGTH_MAX) return undefined;
  const wanted = typed.toLowerCase();
  const begins = names.find((name) => name.toLowerCase().startsWith(wanted));
  if (begins !== undefined) return begins;
  const allowed = Math.min(MISTAKES_MAX, Math.ceil(wanted.length / 2));
  const near = names
    .filter((name) => name.length <= LENGTH_MAX)
    .map((name) => ({ name, mistakes: editDistance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.mistakes - b.mistakes)[0];
  return near !== undefined && near.mistakes <= allowed ? near.name : undefined;
}

/** Insertions, deletions and replacements between two words. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const remove = (previous[column] ?? 0) + 1;
      const insert = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replace, remove, insert));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
