import type { WriteTransaction } from "./database.ts";

type Ask<A extends string, B extends string, Answer> = (
  tx: WriteTransaction,
  a: A,
  b: B,
) => Promise<Answer>;

/**
 * A question about two ids that operations which keep the memory need not ask twice. Its answer must
 * hang on nothing that one of those changes. That there is no answer is not remembered.
 */
export function remembered<A extends string, B extends string, Answer extends object>(
  ask: Ask<A, B, Answer | undefined>,
): Ask<A, B, Answer | undefined> {
  return async (tx, a, b) => {
    // Only what this very question was answered is kept under it.
    const known = tx.memory?.answerTo(ask, a, b) as Answer | undefined;
    if (known !== undefined) return known;
    const answer = await ask(tx, a, b);
    if (answer !== undefined) tx.memory?.remember(ask, [a, b], answer);
    return answer;
  };
}
