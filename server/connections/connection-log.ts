/** What connections and transports say to the log; a pino logger fits. */
export interface ConnectionLog {
  error(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  info(fields: object, text: string): void;
  debug(fields: object, text: string): void;
}
