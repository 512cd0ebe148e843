import assert from "node:assert/strict";
import { test } from "node:test";
import { SmallServer } from "./test/small-server.ts";

/** As long as a page takes that fills a turn. */
function readPage(): object {
  const until = performance.now() + 5;
  while (performance.now() < until);
  return { conversations: [], has_more: false };
}

test("pages that many connections ask for at once are spread over turns of the event loop", async () => {
  const pagesOfTurns: number[] = [0];
  const resume = () => {
    pagesOfTurns.push((pagesOfTurns.pop() ?? 0) + 1);
    return readPage();
  };
  await using server = await SmallServer.start({ handlers: { resume } });
  await using stack = new AsyncDisposableStack();
  const readers = [];
  for (let number = 0; number < 8; number += 1) {
    readers.push(stack.use(await server.signedIn(`reader${number}`)));
  }
  let isOver = false;
  const countTurn = () => {
    pagesOfTurns.push(0);
    if (!isOver) setImmediate(countTurn);
  };
  setImmediate(countTurn);
  const replies = await Promise.all(
    readers.map((reader) => reader.call("resume", { cursors: [] })),
  );
  isOver = true;
  assert.ok(replies.every(({ has_more }) => has_more === false));
  assert.equal(
    pagesOfTurns.reduce((sum, pages) => sum + pages),
    readers.length,
  );
  // One that is begun where a turn is counted may fall on either side of that.
  assert.ok(Math.max(...pagesOfTurns) <= 2, pagesOfTurns.join());
});
