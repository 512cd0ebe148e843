/** What storage says to the log; a pino logger fits. */
export interface StorageLog {
  error(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  info(fields: object, text: string): void;
}

const nothing = (): void => undefined;

/** For those who have nowhere to write to, such as one-off commands. */
export const silentLog: StorageLog = { error: nothing, warn: nothing, info: nothing };
