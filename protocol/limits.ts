/** Every bound of the wire, in one place. Sizes are bytes, times milliseconds, unless the name says otherwise. */
export const limits = {
  /** Largest payload of one frame before the connection has signed in. */
  frameBytesBeforeSignIn: 8 * 1024,
  /** Largest payload of one frame afterwards (as in Lair Chat 0.8.0). */
  frameBytes: 1024 * 1024,
  /** Largest HTTP request body. */
  httpBodyBytes: 64 * 1024,
  jsonDepth: 32,
  /** A `resume` with all its cursors has 11,000. */
  jsonTokens: 12_000,
  requestIdChars: 64,
  /** Requests of one connection that may wait for their answer at once. */
  requestsInFlight: 32,
  /** Frames a connection may send before it has signed in. */
  framesBeforeSignIn: 20,
  /** Frames that were well-formed but made no sense, after which the connection is closed. */
  badRequestsBeforeSignIn: 3,
  badRequestsPerMinute: 20,
  /** Frames of one connection, pings included: on average per second, and at once. */
  framesPerSecond: 100,
  framesBurst: 200,
  /** Frames beyond that are refused; after so many of those within a minute the connection is closed. */
  refusedFramesPerMinute: 100,
  /** Hello and sign-in together must be asked for by then. */
  signInMs: 10_000,
  /** The same for clients of 1.x: after a wrong password theirs stays connected while a person types. */
  legacySignInMs: 60_000,
  /** The hello alone. */
  helloMs: 10_000,
  /** Silence after which a connection is dead. */
  idleMs: 90_000,
  /** The same for a client that speaks `resume`: it says something every `pingMs`. */
  resumingIdleMs: 45_000,
  /** After so long without having sent, or heard, anything our client sends a ping. */
  pingMs: 20_000,
  /** Silence after which our client takes the server for dead. */
  serverSilenceMs: 45_000,
  contentBytes: 4096,
  roomNameChars: 64,
  descriptionChars: 500,
  usernameChars: { min: 3, max: 32 },
  emailChars: 254,
  passwordBytes: { min: 8, max: 256 },
  deviceNameChars: 64,
  searchChars: 64,
  /** Rows of one page. */
  pageSize: 50,
  pageSizeMax: 100,
  logPageSize: 100,
  logPageSizeMax: 500,
  /** Of a page's entries as JSON; a page of long messages holds fewer than were asked for. */
  pageBytes: 512 * 1024,
  /** Conversations that one `resume` names. */
  resumeCursors: 500,
  /** Entries of one reply to it, of all logs together. */
  resumeEntries: 500,
  /** Of its entries as JSON: less than a page, because after a fault everybody asks at once. */
  resumeBytes: 256 * 1024,
  /** Conversations it lists that were not named. */
  resumeOthers: 200,
  /** Newest entries that are kept of a user's own log. */
  userLogEntries: 1_000,
  /** How often heads are told, at the latest. */
  headsMs: 45_000,
  /** Heads of one `heads` event. */
  headsPerEvent: 500,
  /** Bytes waiting for a reader that can resume before it is left out of what is pushed. */
  outboxLagBytes: 256 * 1024,
  /** Bytes waiting for one reader before it is cut off, and how long it may make no progress. */
  outboxBytes: 1024 * 1024,
  outboxStallMs: 10_000,
  /** Of invites to the server. */
  inviteUsesMax: 1_000,
  inviteHours: 7 * 24,
  inviteHoursMax: 366 * 24,
  inviteNoteChars: 200,
  /** One typing notice per sender and conversation in this time. */
  typingMs: 3_000,
} as const;
