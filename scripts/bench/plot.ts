import type { Plot, Series } from "./measurement.ts";
import { numberText } from "./table.ts";

const width = 640;
const height = 400;
const area = { left: 78, right: 478, top: 44, bottom: 344 };
// Told apart by everybody, and each line has a mark of its own besides.
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#666666"];
const dashes = ["", "6 3", "2 3", "8 3 2 3", "1 2", "10 4", "4 4"];

/** Powers of ten that enclose the values. A 0 has no place on such an axis and is left out. */
export function axisOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  const shown = values.filter((value) => value > 0);
  if (shown.length === 0) return { low: 0, high: 1 };
  const low = Math.floor(Math.log10(Math.min(...shown)));
  const high = Math.ceil(Math.log10(Math.max(...shown)));
  return { low, high: high === low ? low + 1 : high };
}

/** The plot as an SVG that stands alone and shows in the light and in the dark. */
export function plotSvg({ title, x, y, series }: Plot): string {
  const points = series.flatMap((one) => one.points).filter(hasPlace);
  const across = axisOf(points.map(([value]) => value));
  const up = axisOf(points.map(([, value]) => value));
  const place = ([px, py]: readonly [number, number]) =>
    [
      along(px, across, area.left, area.right).toFixed(1),
      along(py, up, area.bottom, area.top).toFixed(1),
    ] as const;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="${area.left}" y="24" font-size="15">${escaped(title)}</text>
${verticals(across)}
${horizontals(up)}
<text x="${(area.left + area.right) / 2}" y="${area.bottom + 40}" text-anchor="middle">${escaped(x)}</text>
<text transform="translate(16 ${(area.top + area.bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>
${series.map((one, index) => line(one, index, place)).join("\n")}
</svg>
`;
}

function hasPlace([x, y]: readonly [number, number]): boolean {
  return x > 0 && y > 0;
}

interface Axis {
  readonly low: number;
  readonly high: number;
}

function along(value: number, { low, high }: Axis, from: number, to: number): number {
  return from + ((Math.log10(value) - low) / (high - low)) * (to - from);
}

function powers({ low, high }: Axis): readonly number[] {
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

function verticals(axis: Axis): string {
  const lines = powers(axis).map((value) => {
    const at = along(value, axis, area.left, area.right).toFixed(1);
    return `<path d="M${at} ${area.top}V${area.bottom}" stroke="#dddddd"/><text x="${at}" y="${area.bottom + 18}" text-anchor="middle">${numberText(value)}</text>`;
  });
  return lines.join("\n");
}

function horizontals(axis: Axis): string {
  const lines = powers(axis).map((value) => {
    const at = along(value, axis, area.bottom, area.top);
    return `<path d="M${area.left} ${at.toFixed(1)}H${area.right}" stroke="#dddddd"/><text x="${area.left - 6}" y="${(at + 4).toFixed(1)}" text-anchor="end">${numberText(value)}</text>`;
  });
  return lines.join("\n");
}

type Place = (point: readonly [number, number]) => readonly [string, string];

function line({ name, points }: Series, index: number, place: Place): string {
  const colour = colours[index % colours.length] ?? "#000000";
  const dash = dashes[index % dashes.length] ?? "";
  const placed = points.filter(hasPlace).map(place);
  const path = placed.map(([px, py], at) => `${at === 0 ? "M" : "L"}${px} ${py}`).join("");
  const dots = placed.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="3" fill="${colour}"/>`);
  const keyY = area.top + 10 + index * 20;
  const stroke = `stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" fill="none"`;
  return `<path d="${path}" ${stroke}/>${dots.join("")}
<path d="M${area.right + 14} ${keyY}h24" ${stroke}/><text x="${area.right + 44}" y="${keyY + 4}">${escaped(name)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
