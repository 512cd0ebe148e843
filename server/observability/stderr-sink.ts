import pino from "pino";
import type { LogSink } from "./logger.ts";

/** Bytes that may wait for a reader of stderr who does not read; what comes on top is dropped. */
const waitingBytes = 1024 * 1024;

/** The log's way out. Writing does not wait, so a slow reader of the log does not slow the chat. */
export function stderrSink(): LogSink {
  const stream = pino.destination({ dest: 2, sync: false, maxLength: waitingBytes });
  return { write: (line) => void stream.write(line), flush: () => stream.flushSync() };
}

/** What `LAIR_LOG_FORMAT` is when it is not set. */
export function usualFormat(stderrIsTerminal: boolean): "json" | "text" {
  return stderrIsTerminal ? "text" : "json";
}
