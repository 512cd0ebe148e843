/** The database cannot be opened as it is; the text is for whoever runs the server. */
export class StorageError extends Error {
  constructor(text: string, options?: ErrorOptions) {
    super(text, options);
    this.name = "StorageError";
  }
}

/** What to do about a database that is damaged. */
export const restoreAdvice =
  "Restore the newest backup that is in order: lair-chat-server restore BACKUP";
