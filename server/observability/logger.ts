import pino, { type DestinationStream } from "pino";
import { humanLine } from "./human-line.ts";
import { type LogFields, loggable } from "./log-fields.ts";
import { visible } from "./visible-text.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Says what happens. Only the fields of `LogFields` get through, and `message` is a text of ours:
 * what comes from outside goes into fields or nowhere.
 */
export type Logger = {
  readonly [L in LogLevel]: (fields: LogFields, message: string) => void;
} & {
  /** Writes out what is still waiting; for the end of the process. */
  flush(): void;
};

/** Where the lines go. */
export interface LogSink {
  write(line: string): void;
  flush(): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "json" | "text";
  readonly sink: LogSink;
}

const levels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

export function createLogger({ level, format, sink }: LoggerOptions): Logger {
  const log = pino(
    {
      level,
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      // The usual one would take our description for an error and leave out its causes.
      serializers: { err: (description: unknown) => description },
      formatters: { level: (label) => ({ level: label }) },
    },
    format === "json" ? sink : inWords(sink),
  );
  const write = (at: LogLevel) => (fields: LogFields, message: string) =>
    log[at](loggable(fields), visible(message));
  const [debug, info, warn, error] = levels.map(write) as [Write, Write, Write, Write];
  return { debug, info, warn, error, flush: () => sink.flush() };
}

type Write = (fields: LogFields, message: string) => void;

function inWords(sink: LogSink): DestinationStream {
  return { write: (line) => sink.write(humanLine(line)) };
}
