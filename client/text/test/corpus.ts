/** Texts that try to drive a terminal or deceive its reader, for every place that shows text. */

export type Payload = { readonly name: string; readonly text: string };

const ESC = "\u001B";
const BEL = "\u0007";
const ST = `${ESC}\\`;
const C1_ST = "\u009C";

type Form = readonly [name: string, text: string];

const across = (...lists: (readonly Form[])[]): Payload[] =>
  lists
    .reduce<readonly Form[]>(
      (left, right) =>
        left.flatMap(([n, t]) => right.map(([m, u]): Form => [n === "" ? m : `${n}, ${m}`, t + u])),
      [["", ""]],
    )
    .map(([name, text]) => ({ name, text }));

const payloads = (group: string, texts: readonly string[]): Payload[] =>
  texts.map((text, index) => ({ name: `${group} ${index + 1}`, text }));

const oscIntroducers: Form[] = [
  ["OSC", `${ESC}]`],
  ["C1 OSC", "\u009D"],
];
const oscBodies: Form[] = [
  ["icon and title", "0;owned"],
  ["icon name", "1;owned"],
  ["window title", "2;owned"],
  ["palette", "4;1;rgb:00/00/00"],
  ["working directory", "7;file://host/etc"],
  ["link", "8;;https://evil.example"],
  ["notice", "9;owned"],
  ["foreground", "10;#000000"],
  ["background query", "11;?"],
  ["clipboard write", "52;c;cm0gLXJmIH4K"],
  ["clipboard read", "52;c;?"],
  ["palette reset", "104"],
  ["prompt mark", "133;A"],
  ["urxvt notice", "777;notify;a;b"],
  ["iTerm file", "1337;File=name=eA==;inline=1:AAAA"],
];
const terminators: Form[] = [
  ["BEL", BEL],
  ["ST", ST],
  ["C1 ST", C1_ST],
  ["unterminated", ""],
];

const stringIntroducers: Form[] = [
  ["DCS", `${ESC}P`],
  ["C1 DCS", "\u0090"],
  ["APC", `${ESC}_`],
  ["C1 APC", "\u009F"],
  ["PM", `${ESC}^`],
  ["C1 PM", "\u009E"],
  ["SOS", `${ESC}X`],
  ["C1 SOS", "\u0098"],
];
const stringBodies: Form[] = [
  ["request status", '$q"p'],
  ["define key", "1;1|0/6c73"],
  ["kitty graphics", "Ga=T,f=24;AAAA"],
  ["tmux passthrough", `tmux;${ESC}${ESC}]52;c;eA==${BEL}`],
];

const csiIntroducers: Form[] = [
  ["CSI", `${ESC}[`],
  ["C1 CSI", "\u009B"],
];
const csiBodies: Form[] = [
  ["clear screen", "2J"],
  ["clear scrollback", "3J"],
  ["home", "H"],
  ["move", "10;10H"],
  ["up", "5A"],
  ["down", "5B"],
  ["right", "5C"],
  ["left", "80D"],
  ["erase line", "2K"],
  ["insert lines", "5L"],
  ["delete lines", "5M"],
  ["scroll region", "1;2r"],
  ["scroll up", "9S"],
  ["repeat", "9999b"],
  ["alternate screen", "?1049h"],
  ["hide cursor", "?25l"],
  ["mouse on", "?1003h"],
  ["paste end", "201~rm -rf ~\r"],
  ["bracketed paste off", "?2004l"],
  ["device attributes", "c"],
  ["cursor report", "6n"],
  ["window report title", "21t"],
  ["resize", "8;1;1t"],
  ["conceal", "8m"],
  ["colours", "31;1;5m"],
  ["black on black", "30;40m"],
  ["colon colour", "38:2::0:0:0m"],
  ["reset", "0m"],
  ["kitty keyboard", ">31u"],
  ["soft reset", "!p"],
  ["save cursor", "s"],
  ["unfinished", "31"],
  ["intermediate", " q"],
];

const escapes = [
  "c",
  "7",
  "8",
  "D",
  "E",
  "M",
  "H",
  "N",
  "O",
  "Z",
  "=",
  ">",
  "#8",
  "(0",
  "%G",
  " F",
];
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));

const invisible = [
  ...range(0x200b, 0x200f),
  ...range(0x2028, 0x202e),
  ...range(0x2060, 0x206f),
  ...range(0xfff9, 0xfffb),
  "\u00AD",
  "\u034F",
  "\u061C",
  "\u115F",
  "\u17B4",
  "\u180E",
  "\u3164",
  "\uFE0F",
  "\uFEFF",
  "\uFFA0",
  "\u{E0001}",
  "\u{E0041}",
  "\u{E01EF}",
];

const deceptions = [
  "invoice\u202Egnp.exe",
  "\u2066\u2067abc\u2069",
  "access\u200Blevel",
  "ad\u200Cmin",
  "ad\u200Dmin",
  "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
  `👍${range(0xe0020, 0xe007e).join("")}`,
  `a${"\uFE0F".repeat(50)}`,
  `😀${"\uFE0F".repeat(50)}`,
  `😀${"\u200D😀".repeat(50)}`,
  `a${"🏻".repeat(80)}`,
  "\u{1F1FD}\u{1F1FD}".repeat(40),
  `Z${"\u0335\u0321\u034E\u0489".repeat(60)}`,
  `${"\u0301".repeat(300)}after`,
  "क्".repeat(500),
  "\u1100".repeat(500),
  `ก${"\u0E33".repeat(500)}`,
  `ｶ${"\uFF9E".repeat(500)}`,
  "\u0D4E".repeat(500),
  "\uE000\uF8FF\u{F0000}\u{10FFFD}",
  "\uFDD0\uFFFE\uFFFF\u{1FFFE}\u{10FFFF}",
  "\uD800",
  "\uDC00x",
  "a\uDBFFb\uDC00\uD800",
  "\u{50000}\u0378",
];

const lines = [
  "harmless\rroot: you are now admin",
  "abc\b\b\bxyz",
  "abc\u007F\u007F",
  "line\n[server] your password has expired",
  "line\u2028[server] fake",
  "line\u0085[server] fake",
  "a\u000Bb\u000Cc",
  "x\r\n\r\ny",
  "col\tumn\t",
  `${ESC}`,
  `text${ESC}`,
  `${ESC}${ESC}[31m`,
  `${ESC}\u200B[31mx`,
  "\u009B\u009B31m",
  "\u00C2\u009B31m",
  "%s%n%x{{bold}}<b>",
  "x".repeat(10_000),
  `${"word ".repeat(2000)}`,
  "界".repeat(10_000),
  " ".repeat(10_000),
  `${ESC}[31m`.repeat(2000),
  "\n".repeat(1000),
];

export const attackPayloads: readonly Payload[] = [
  ...across(oscIntroducers, oscBodies, terminators),
  ...across(stringIntroducers, stringBodies, terminators),
  ...across(csiIntroducers, csiBodies),
  ...payloads(
    "ESC",
    escapes.map((code) => `before${ESC}${code}after`),
  ),
  ...payloads(
    "C0",
    range(0x00, 0x1f).map((control) => `a${control}b`),
  ),
  ...payloads(
    "C1",
    range(0x7f, 0x9f).map((control) => `a${control}b`),
  ),
  ...payloads(
    "invisible",
    invisible.map((character) => `a${character}b`),
  ),
  ...payloads("deception", deceptions),
  ...payloads("lines", lines),
];
