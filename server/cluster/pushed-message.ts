/** A message that is told to everybody who hears its conversation, in the two forms that clients know. */
export interface PushedMessage {
  /** JSON of the event that it is on its own. */
  eventText(): string;
  /** JSON of its row among others of the same room; undefined where it is in no room. */
  readonly rowText: string | undefined;
}
