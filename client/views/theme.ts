/** What a style name looks like. Colour only repeats what a word, sign or place already says. */
export interface Look {
  readonly color?: "cyan" | "green" | "yellow" | "red" | "magenta" | "blue";
  readonly bold?: true;
  readonly dimColor?: true;
  readonly inverse?: true;
  readonly underline?: true;
}

const looks = {
  plain: {},
  strong: { bold: true },
  faint: { dimColor: true },
  bar: { inverse: true },
  barStrong: { inverse: true, bold: true },
  selected: { inverse: true },
  heading: { bold: true, underline: true },
  unread: { bold: true, color: "yellow" },
  warning: { color: "yellow" },
  error: { bold: true, color: "red" },
  good: { color: "green" },
  own: { bold: true },
  name0: { color: "cyan" },
  name1: { color: "green" },
  name2: { color: "yellow" },
  name3: { color: "magenta" },
  name4: { color: "blue" },
} as const satisfies Record<string, Look>;

export type StyleName = keyof typeof looks;
export type Theme = Readonly<Record<StyleName, Look>>;

const withoutColor = ({ color: _, ...look }: Look): Look => look;

const monochrome = Object.fromEntries(
  Object.entries(looks).map(([name, look]) => [name, withoutColor(look)]),
) as Theme;

/** Without colour (`NO_COLOR`, a monochrome terminal) bold, dim and reverse remain. */
export const themeFor = (isColoured: boolean): Theme => (isColoured ? looks : monochrome);

const nameStyles = ["name0", "name1", "name2", "name3", "name4"] as const;

/** Always the same style for the same person. */
export function nameStyle(userId: string): StyleName {
  let sum = 0;
  for (const character of userId) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
  return nameStyles[sum % nameStyles.length] ?? "name0";
}
