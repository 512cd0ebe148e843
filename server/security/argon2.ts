import { hash, type Options, verify } from "@node-rs/argon2";

/** Who does the work of Argon2id (RFC 9106): tens of milliseconds of one core for each call. */
export interface Argon2 {
  /** @returns a PHC string */
  hash(password: string, options: Options): Promise<string>;
  /** @param stored a PHC string @throws Error when it is none */
  verify(stored: string, password: string): Promise<boolean>;
}

/** In the threads that Node has for files and names, with the same right to the processor as all others. */
export const pooledArgon2: Argon2 = { hash, verify };
