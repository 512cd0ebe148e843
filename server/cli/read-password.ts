import { StringDecoder } from "node:string_decoder";
import type { ReadStream } from "node:tty";
import { ChatError } from "@lair-chat/protocol/errors.ts";

/** Ctrl-C at the prompt. */
export class Interrupted extends Error {
  constructor() {
    super("Interrupted.");
    this.name = "Interrupted";
  }
}

/** More than any password has; what is longer is refused and not cut. */
const longestBytes = 4096;

/**
 * A new password: asked for twice and not shown, or the first line of stdin where that is no terminal.
 * @throws Interrupted, or ChatError `password_too_weak` where two different ones were typed
 */
export async function readNewPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLine(process.stdin);
  const [first, second] = await askTwice(process.stdin);
  if (first === second) return first;
  throw new ChatError("password_too_weak", { message: "The two passwords differ." });
}

async function firstLine(input: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (chunk.includes(0x0a) || bytes > longestBytes) break;
  }
  const [line = ""] = Buffer.concat(chunks).toString("utf8").split(/\r?\n/);
  if (line !== "") return line;
  throw new ChatError("password_too_weak", {
    message: "No password came on standard input: give it as the first line.",
  });
}

async function askTwice(input: ReadStream): Promise<readonly [string, string]> {
  input.setRawMode(true);
  try {
    const first = await ask(input, "Password: ");
    return [first, await ask(input, "The same again: ")];
  } finally {
    input.setRawMode(false);
    input.pause();
  }
}

async function ask(input: ReadStream, question: string): Promise<string> {
  process.stderr.write(question);
  try {
    return await typedLine(input);
  } finally {
    process.stderr.write("\r\n");
  }
}

function typedLine(input: ReadStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const decoder = new StringDecoder("utf8");
  let typed: readonly string[] = [];
  const hear = (chunk: Buffer) => {
    for (const key of decoder.write(chunk)) {
      const next = afterKey(typed, key);
      if (next === "done") resolve(typed.join(""));
      else if (next === "interrupted") reject(new Interrupted());
      else typed = next;
      if (typeof next === "string") return;
    }
  };
  input.on("data", hear);
  input.resume();
  return promise.finally(() => input.off("data", hear));
}

/** What has been typed after one more key: Enter, Ctrl-C, Ctrl-D, Backspace and Ctrl-U do what they do elsewhere. */
function afterKey(
  typed: readonly string[],
  key: string,
): readonly string[] | "done" | "interrupted" {
  if (key === "\r" || key === "\n") return "done";
  if (key === "\u0003" || key === "\u0004") return "interrupted";
  if (key === "\u007f" || key === "\b") return typed.slice(0, -1);
  if (key === "\u0015") return [];
  return key < " " || typed.length >= longestBytes ? typed : [...typed, key];
}
