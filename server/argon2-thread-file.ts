/** What `createQuietArgon2` starts its threads with. */
export const argon2ThreadFile = new URL("./security/argon2-thread.ts", import.meta.url);
