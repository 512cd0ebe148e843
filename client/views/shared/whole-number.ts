/** A number that was typed: nothing is undefined, and what is none from 1 to `most` is unclear. */
export function wholeNumber(text: string, most: number): number | undefined | "unclear" {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const number = /^[1-9]\d*$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  return number <= most ? number : "unclear";
}
