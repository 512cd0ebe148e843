/** What was typed: something to send, or a command to carry out. */
export type Typed =
  | { readonly kind: "message"; readonly content: string }
  | { readonly kind: "command"; readonly name: string; readonly argument: string };

const commandRegex = /^\/(\S*)\s*([\s\S]*)$/;

/** A leading `/` makes a command; `//` sends one slash as it is. */
export function parseTyped(text: string): Typed {
  if (text.startsWith("//")) return { kind: "message", content: text.slice(1) };
  const match = commandRegex.exec(text);
  if (match === null) return { kind: "message", content: text };
  const [, name = "", argument = ""] = match;
  return { kind: "command", name: name.toLowerCase(), argument: argument.trim() };
}

/** The first word and what follows it. */
export function splitWord(text: string): { word: string; rest: string } {
  const [word = ""] = text.split(/\s/, 1);
  return { word, rest: text.slice(word.length).trim() };
}
