/** The database cannot be opened as it is; the text is for whoever runs the server. */
export class StorageError extends Error {
  constructor(text: string, options?: ErrorOptions) {
    super(text, options);
    this.name = "StorageError";
  }
}
