import type { JsonLimits } from "../../wire/scan-json.ts";
import type { WireErrorCode } from "../../wire/wire-error.ts";

/** Bytes that no peer may get past the byte layer. */
export interface HostilePayload {
  /** Unique, and fit for a test name. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What `parseJsonObject` with `hostileLimits` says about it. */
  readonly code: WireErrorCode;
}

/** The limits the expected codes hold for. */
export const hostileLimits: JsonLimits = { maxDepth: 32, maxTokens: 10_000 };

const FORBIDDEN_NAMES = ["__proto__", "constructor", "prototype"];

const BAD_UTF8: Readonly<Record<string, readonly number[]>> = {
  "a lone continuation byte": [0x80],
  "the last continuation byte": [0xbf],
  "two continuation bytes": [0x80, 0xbf],
  "an overlong slash in two bytes": [0xc0, 0xaf],
  "an overlong NUL in two bytes": [0xc0, 0x80],
  "an overlong quote in two bytes": [0xc0, 0xa2],
  "an overlong backslash in two bytes": [0xc1, 0x9c],
  "an overlong letter in two bytes": [0xc1, 0xbf],
  "an overlong slash in three bytes": [0xe0, 0x80, 0xaf],
  "an overlong quote in three bytes": [0xe0, 0x80, 0xa2],
  "the largest overlong of three bytes": [0xe0, 0x9f, 0xbf],
  "an overlong slash in four bytes": [0xf0, 0x80, 0x80, 0xaf],
  "the largest overlong of four bytes": [0xf0, 0x8f, 0xbf, 0xbf],
  "the first high surrogate": [0xed, 0xa0, 0x80],
  "the last high surrogate": [0xed, 0xaf, 0xbf],
  "the first low surrogate": [0xed, 0xb0, 0x80],
  "the last low surrogate": [0xed, 0xbf, 0xbf],
  "a surrogate pair, each half in three bytes": [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  "a code point above U+10FFFF": [0xf4, 0x90, 0x80, 0x80],
  "the lead byte F5": [0xf5, 0x80, 0x80, 0x80],
  "five bytes": [0xf8, 0x88, 0x80, 0x80, 0x80],
  "six bytes": [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80],
  "the byte FE": [0xfe],
  "the byte FF": [0xff],
  "two bytes cut after one": [0xc3],
  "three bytes cut after one": [0xe2],
  "three bytes cut after two": [0xe2, 0x82],
  "four bytes cut after one": [0xf0],
  "four bytes cut after two": [0xf0, 0x9f],
  "four bytes cut after three": [0xf0, 0x9f, 0x98],
  "a Latin-1 letter": [0xe9],
  "a UTF-16 byte order mark": [0xff, 0xfe],
};

const HALF_SURROGATES: Readonly<Record<string, string>> = {
  "a high half": "\\ud83d",
  "a low half": "\\ude00",
  "an upper-case high half": "\\uD83D",
  "an upper-case low half": "\\uDE00",
  "a pair the wrong way round": "\\ude00\\ud83d",
  "two high halves": "\\ud83d\\ud83d",
  "a high half before a letter": "\\ud83dx",
  "a pair and a half": "\\ud83d\\ude00\\ude00",
  "the first surrogate": "\\ud800",
  "the last surrogate": "\\udfff",
};

const UNSAFE_NUMBERS = [
  "1e309",
  "-1e309",
  "1E309",
  "1e+309",
  "1e999999999",
  "0.1e400",
  "123456789e300",
  "9007199254740992",
  "-9007199254740992",
  "9007199254740993",
  "18446744073709551615",
  "9223372036854775807",
  "-9223372036854775808",
  "9007199254740992.0",
  "9.007199254740993e15",
  "1e16",
  "-1E+16",
  "1e308",
  "9".repeat(400),
  "9".repeat(20_000),
  `1${"0".repeat(5000)}`,
];

const NOT_NUMBERS = [
  "NaN",
  "Infinity",
  "-Infinity",
  "-",
  "+1",
  "01",
  "-01",
  "1.",
  ".5",
  "1e",
  "1e+",
  "1.e5",
  "0x10",
  "1_000",
  "1n",
  "--1",
  "1e1e1",
  "1.2.3",
  "１",
];

const NOT_OBJECTS = [
  "null",
  "true",
  "false",
  "0",
  "-1.5",
  '""',
  '"{}"',
  "[]",
  '[{"type":"ping"}]',
  " [ ] ",
  "[[[]]]",
];

const NOT_JSON: Readonly<Record<string, string>> = {
  "only a space": " ",
  "only line ends": "\r\n\r\n",
  "an open brace alone": "{",
  "a closed brace alone": "}",
  "an open bracket alone": "[",
  "a closed bracket first": "]{}",
  "brackets that do not match": '{"a":[}',
  "braces that do not match": '{"a":{]',
  "more closed than open": '{"a":1}}',
  "closed ones before many open ones": `${"]".repeat(100)}${"[".repeat(100)}`,
  "an object cut after the key": '{"a"',
  "an object cut after the colon": '{"a":',
  "an object cut after the value": '{"a":1',
  "a string cut short": '{"a":"b',
  "a key cut short": '{"a',
  "a lone quote": '"',
  "a string cut after a backslash": '{"a":"b\\',
  "a string that escapes its last quote": '{"a":"b\\"}',
  "a string cut within a unicode escape": '{"a":"\\u00"}',
  "a unicode escape that is not hex": '{"a":"\\u00zz"}',
  "a unicode escape with a capital U": '{"a":"\\U0041"}',
  "a unicode escape in braces": '{"a":"\\u{41}"}',
  "an escape JSON does not know": '{"a":"\\x41"}',
  "an escaped single quote": '{"a":"\\\'"}',
  "single quotes": "{'a':1}",
  "a bare key": "{a:1}",
  "a number for a key": "{1:1}",
  "a comma at the end": '{"a":1,}',
  "a comma at the start": '{,"a":1}',
  "two commas": '{"a":1,,"b":2}',
  "no comma": '{"a":1 "b":2}',
  "no colon": '{"a" 1}',
  "two colons": '{"a"::1}',
  "an equals sign": '{"a"=1}',
  "a comma at the end of an array": '{"a":[1,]}',
  "a line comment": '{"a":1}// x',
  "a block comment": '/* x */{"a":1}',
  "a hash comment": '# x\n{"a":1}',
  "a second object": '{"a":1}{"b":2}',
  "a second object on its own line": '{"a":1}\n{"b":2}',
  "letters after the end": '{"a":1}x',
  "a NUL after the end": '{"a":1}\0',
  "a NUL before the start": '\0{"a":1}',
  "a NUL between tokens": '{"a":\0 1}',
  "a NUL in a string": '{"a":"\0"}',
  "a NUL in a key": '{"a\0":1}',
  "only NULs": "\0".repeat(64),
  "a line end in a string": '{"a":"\n"}',
  "a tab in a string": '{"a":"\t"}',
  "an escape sequence in a string": '{"a":"\u001b[2J"}',
  "a vertical tab for a space": '{"a":\u000b1}',
  "a form feed for a space": '{"a":\f1}',
  "a no-break space": '{"a":\u00a01}',
  "a line separator for a space": '{"a":\u20281}',
  "a zero-width space": '{"a":\u200b1}',
  "a byte order mark at the start": '\ufeff{"a":1}',
  "two byte order marks": '\ufeff\ufeff{"a":1}',
  "a byte order mark at the end": '{"a":1}\ufeff',
  "a byte order mark within": '{\ufeff"a":1}',
  "a literal in capitals": '{"a":TRUE}',
  "a literal cut short": '{"a":tru}',
  "a literal too long": '{"a":nulll}',
  undefined: '{"a":undefined}',
  "curly quotes": "{“a”:1}",
  "an HTTP request": "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a record separator": '\u001e{"a":1}',
};

const REPEATED_KEYS: Readonly<Record<string, string>> = {
  "the same key twice": '{"type":"ping","type":"send_message"}',
  "the same key twice with the same value": '{"a":1,"a":1}',
  "the same key twice in UTF-8": '{"é😀":1,"é😀":2}',
  "the empty key twice": '{"":1,"":2}',
  "a numeric key twice": '{"0":1,"0":2}',
  "three of the same": '{"a":1,"a":2,"a":3}',
  "a key repeated within": '{"params":{"id":1,"id":2}}',
  "a key repeated within an array": '{"a":[1,{"b":1,"b":2}]}',
  "a key repeated inside what is overwritten": '{"a":{"b":1,"b":2},"c":3}',
  "an object overwritten by a longer one": '{"a":1,"a":{"b":1,"c":2}}',
  "many of the same": `{${Array.from({ length: 1000 }, () => '"k":0').join(",")}}`,
};

const ESCAPED_KEYS: Readonly<Record<string, string>> = {
  "a key repeated as an escape": '{"type":"ping","\\u0074ype":"x"}',
  "a slash repeated as an escape": '{"a/b":1,"a\\/b":2}',
  "a key repeated in UTF-8": '{"é":1,"\\u00e9":2}',
  "a key that is a backslash": '{"a":1,"\\\\":2}',
  "a key that is an escaped letter": '{"a":1,"\\u0062":2}',
  "a key that is a line end": '{"a":1,"\\n":2}',
  "a key that is a quote": '{"a":1,"\\"":2}',
  "a key with an escaped quote and a colon": '{"a\\":1,\\"b":2}',
  "a key of an escaped pair": '{"\\ud83d\\ude00":1}',
  "an escaped key within": '{"a":[{"b":{"typ\\u0065":1}}]}',
};

/** At least 200 payloads, each refused with a known code. Some are close to a mebibyte. */
export const hostileJson: readonly HostilePayload[] = [
  ...badUtf8(),
  ...halfSurrogates(),
  ...tooDeep(),
  ...tooManyTokens(),
  ...forbiddenKeys(),
  ...UNSAFE_NUMBERS.flatMap((number) => inPlaces("unsafe_number", "the number", number)),
  ...NOT_NUMBERS.map((number) =>
    hostile("invalid_json", `${number} for a number`, `{"a":${number}}`),
  ),
  ...NOT_OBJECTS.map((text) => hostile("not_an_object", `${text} for an object`, text)),
  ...Object.entries(NOT_JSON).map(([name, text]) => hostile("invalid_json", name, text)),
  ...Object.entries(REPEATED_KEYS).map(([name, text]) => hostile("duplicate_key", name, text)),
  ...Object.entries(ESCAPED_KEYS).map(([name, text]) => hostile("forbidden_key", name, text)),
];

function hostile(code: WireErrorCode, name: string, text: string): HostilePayload {
  return { name: `${code}: ${name}`, bytes: new TextEncoder().encode(text), code };
}

/** The same value in an object, in an array and in an object within. */
function inPlaces(code: WireErrorCode, what: string, value: string): HostilePayload[] {
  const name = value.length > 40 ? `of ${value.length} digits from ${value.slice(0, 2)}` : value;
  return [
    hostile(code, `${what} ${name} as a value`, `{"a":${value}}`),
    hostile(code, `${what} ${name} in an array`, `{"a":[0, ${value} ,0]}`),
    hostile(code, `${what} ${name} within`, `{"a":{"b":{"c":\n${value}\n}}}`),
  ];
}

function badUtf8(): HostilePayload[] {
  return Object.entries(BAD_UTF8).flatMap(([name, bad]) => [
    withBytes(`${name} in a value`, '{"a":"x', bad, 'y"}'),
    withBytes(`${name} in a key`, '{"x', bad, 'y":1}'),
    withBytes(`${name} after the end`, '{"a":1}', bad, ""),
  ]);
}

function withBytes(name: string, before: string, bad: readonly number[], after: string) {
  const encoder = new TextEncoder();
  const bytes = Uint8Array.from([...encoder.encode(before), ...bad, ...encoder.encode(after)]);
  return { name: `invalid_utf8: ${name}`, bytes, code: "invalid_utf8" } as const;
}

function halfSurrogates(): HostilePayload[] {
  return Object.entries(HALF_SURROGATES).flatMap(([name, half]) => [
    hostile("invalid_utf8", `${name} escaped in a value`, `{"a":{"b":["${half}"]}}`),
    hostile("forbidden_key", `${name} escaped in a key`, `{"a":{"${half}":1}}`),
  ]);
}

function tooDeep(): HostilePayload[] {
  const open = { arrays: "[", objects: '{"a":', both: '[{"a":', "spaced arrays": " [\n" };
  return [32, 33, 100, 3000, 30_000]
    .flatMap((times) =>
      Object.entries(open).map(([name, text]) =>
        hostile("json_too_deep", `${times} ${name} never closed`, `{"a":${text.repeat(times)}`),
      ),
    )
    .concat(
      hostile("json_too_deep", "a mebibyte of arrays", "[".repeat(1024 * 1024)),
      hostile("json_too_deep", "33 closed arrays", `${"[".repeat(33)}${"]".repeat(33)}`),
      hostile(
        "json_too_deep",
        "32 closed arrays in an object",
        `{"a":${"[".repeat(32)}${"]".repeat(32)}}`,
      ),
      hostile("json_too_deep", "33 closed objects", `${'{"a":'.repeat(33)}1${"}".repeat(33)}`),
      hostile(
        "json_too_deep",
        "33 arrays after a string of closed ones",
        `{"a":"${"]".repeat(40)}","b":${"[".repeat(33)}`,
      ),
      hostile(
        "json_too_deep",
        "33 arrays after an escaped quote",
        `{"a":"\\"]]]]]]","b":${"[".repeat(33)}`,
      ),
      hostile(
        "json_too_deep",
        "33 arrays after an escaped backslash",
        `{"a":"\\\\","b":${"[".repeat(33)}`,
      ),
    );
}

function tooManyTokens(): HostilePayload[] {
  const fill = {
    numbers: "0,",
    strings: '"",',
    literals: "null,",
    arrays: "[],",
    commas: ",",
    minuses: "- ",
  };
  const many = Object.entries(fill).map(([name, text]) =>
    hostile("json_too_many_tokens", `10,000 ${name}`, `{"a":[${text.repeat(10_000)}0]}`),
  );
  const keys = Array.from({ length: 2500 }, (_, index) => `"${index}":0`);
  return [
    ...many,
    hostile("json_too_many_tokens", "2,500 keys", `{${keys.join(",")}}`),
    hostile("json_too_many_tokens", "half a mebibyte of commas", ",".repeat(512 * 1024)),
    hostile(
      "json_too_many_tokens",
      "10,001 empty strings never closed by an array",
      `[${'"" '.repeat(10_001)}`,
    ),
  ];
}

function forbiddenKeys(): HostilePayload[] {
  return FORBIDDEN_NAMES.flatMap((name) => {
    const spellings = {
      plain: name,
      "with its first character escaped": escapeAt(name, [0]),
      "with its last character escaped": escapeAt(name, [name.length - 1]),
      "with every other character escaped": escapeAt(name, [0, 2, 4, 6, 8, 10]),
      "with every character escaped": escapeAt(
        name,
        [...name].map((_, index) => index),
      ),
      "with capital hex digits": escapeAt(name, [0, 5]).replaceAll(/(?<=\\u00)../g, (hex) =>
        hex.toUpperCase(),
      ),
    };
    return Object.entries(spellings).flatMap(([how, key]) => [
      hostile("forbidden_key", `${name} ${how}`, `{"${key}":{"admin":true}}`),
      hostile(
        "forbidden_key",
        `${name} ${how}, within and spaced`,
        `{"a":[{"b":1 , "${key}" \r\n\t: null}]}`,
      ),
      hostile(
        "forbidden_key",
        `${name} ${how}, after an escaped quote`,
        `{"a":"\\\\\\"","${key}":0}`,
      ),
    ]);
  });
}

/** The name with the characters at these places written as unicode escapes. */
export function escapeAt(name: string, places: readonly number[]): string {
  return [...name]
    .map((character, index) => {
      if (!places.includes(index)) return character;
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    })
    .join("");
}
