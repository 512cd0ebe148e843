/** Times and days as they stand beside messages. */

import { type SafeText, safe, safeText } from "./safe-text.ts";

/** Milliseconds since 1970. */
export type Clock = () => number;

export type TimeFormat = {
  /** `09:05`, local to the time zone. */
  clockTime(at: number): SafeText;
  /** `Today`, `Yesterday` or `Mon 3 Nov 2026`. */
  dayLabel(at: number): SafeText;
  /** True when a separator belongs between two messages. */
  isOtherDay(earlier: number, later: number): boolean;
};

const DAY_MS = 86_400_000;
const LAST_INSTANT = 8.64e15;
const NO_TIME = safe`--:--`;
const NO_DAY = safe`Unknown day`;

const isInstant = (at: number): boolean => Math.abs(at) <= LAST_INSTANT;

type Field = "year" | "month" | "day" | "hour" | "minute" | "weekday";
type Fields = (at: number) => (field: Field) => string;

/** Formats for one IANA time zone; an unknown zone throws a RangeError here, not while drawing. */
export function timeFormat(timeZone: string, clock: Clock): TimeFormat {
  const numbers = fieldsOf({ timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const dates = fieldsOf({ timeZone, year: "numeric", month: "numeric", day: "numeric" });
  const names = fieldsOf({
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  });
  const dayNumber = (at: number): number => {
    const field = dates(at);
    return (
      Date.UTC(Number(field("year")), Number(field("month")) - 1, Number(field("day"))) / DAY_MS
    );
  };
  const fullDay = (at: number): SafeText => {
    const field = names(at);
    return safeText(`${field("weekday")} ${field("day")} ${field("month")} ${field("year")}`);
  };
  return {
    clockTime: (at) => {
      if (!isInstant(at)) return NO_TIME;
      const field = numbers(at);
      return safeText(`${field("hour")}:${field("minute")}`);
    },
    dayLabel: (at) => {
      if (!isInstant(at)) return NO_DAY;
      return RECENT_DAYS.get(dayNumber(clock()) - dayNumber(at)) ?? fullDay(at);
    },
    isOtherDay: (earlier, later) =>
      isInstant(earlier) && isInstant(later) && dayNumber(earlier) !== dayNumber(later),
  };
}

/** By the number of midnights since. */
const RECENT_DAYS: ReadonlyMap<number, SafeText> = new Map([
  [0, safe`Today`],
  [1, safe`Yesterday`],
]);

function fieldsOf(options: Intl.DateTimeFormatOptions): Fields {
  const format = new Intl.DateTimeFormat("en-US", { ...options, calendar: "gregory" });
  return (at) => {
    const parts = format.formatToParts(at);
    return (field) => parts.find(({ type }) => type === field)?.value ?? "";
  };
}
