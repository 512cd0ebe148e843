/**
 * A result that writes its JSON itself, of a command that is answered so often that it matters. Where
 * it is not written into a frame it is what `toJSON` says.
 */
export abstract class WrittenResult {
  /** The members of the JSON object, without its braces; at least one. */
  abstract membersText(): string;
  abstract toJSON(): object;
}
