import assert from "node:assert/strict";
import { test } from "node:test";
import { checkHistories, type Verdict } from "../check-histories.ts";
import type { ViolationKind } from "../findings.ts";
import type { DeviceHistory, LoggedEntry, ServerLog } from "../histories.ts";
import { contentHash, type HistoryRecord } from "../history.ts";

// Ann writes one, two and three; she and Bob each see all of it. Each test breaks one thing.

const room = "room:1";
const hashOf = (id: string) => contentHash(`content of ${id}`);

const logged = (seq: number, id: string, sender = "ann"): LoggedEntry => ({
  seq,
  kind: "message_received",
  id,
  sender,
  hash: hashOf(id),
});

const goodLog = [logged(1, "one"), logged(2, "two"), logged(3, "three")];

const shows = (entries: readonly LoggedEntry[]): HistoryRecord[] =>
  entries.map(({ seq, kind, id, sender, hash }) => ["show", room, [seq, kind, id, sender, hash]]);

const sent = (at: number, id: string): HistoryRecord => ["invoke", at, id, room, hashOf(id), 9];
const acked = (at: number, id: string, seq: number): HistoryRecord => ["ok", at, id, seq, null];

const annSends: readonly HistoryRecord[] = [
  sent(10, "one"),
  acked(20, "one", 1),
  sent(30, "two"),
  acked(40, "two", 2),
  sent(50, "three"),
  acked(60, "three", 3),
];

interface Scene {
  readonly log?: readonly LoggedEntry[];
  readonly ann?: readonly HistoryRecord[];
  readonly bob?: readonly HistoryRecord[];
}

function check({ log = goodLog, ann = annSends, bob = [] }: Scene, bobSees = log): Verdict {
  const device = (name: string, records: readonly HistoryRecord[]): DeviceHistory => ({
    device: name,
    user: name,
    conversations: [room],
    records,
  });
  const logs: ServerLog = new Map([[room, log]]);
  const bobs = [...bob, ...shows(bobSees)];
  return checkHistories(logs, [device("ann", [...ann, ...shows(log)]), device("bob", bobs)]);
}

function only(verdict: Verdict, kind: ViolationKind, times = 1): void {
  const none = { lost: 0, duplicate: 0, misordered: 0, phantom: 0, altered: 0, gap: 0 };
  assert.deepEqual(verdict.violations, { ...none, [kind]: times }, verdict.examples.join("; "));
}

test("a history in which everything went well has nothing against it", () => {
  const verdict = check({});
  only(verdict, "lost", 0);
  const { sends, acked: known, nacked, unknown, shown } = verdict;
  assert.deepEqual(
    { sends, known, nacked, unknown, shown },
    {
      sends: 3,
      known: 3,
      nacked: 0,
      unknown: 0,
      shown: 6,
    },
  );
});

test("what was acknowledged and is not in the log is lost", () => {
  only(check({ log: goodLog.slice(0, 2) }), "lost");
});

test("a hole in the log is a loss", () => {
  const verdict = check({ log: [logged(1, "one"), logged(3, "three")] }, []);
  assert.ok(verdict.examples.some((text) => /has no 2 before 3/.test(text)));
});

test("a log that holds a send twice has a duplicate", () => {
  assert.equal(check({ log: [...goodLog, logged(4, "two")] }).violations.duplicate, 1);
});

test("a send that was acknowledged as one entry and is another is misordered", () => {
  const ann = annSends.map((record) =>
    record[0] === "ok" && record[3] === 3 ? acked(60, "three", 9) : record,
  );
  only(check({ ann }), "misordered");
});

test("a send that was acknowledged in two places is misordered", () => {
  const ann = [...annSends, sent(70, "three"), acked(80, "three", 4)];
  const verdict = check({ ann });
  assert.ok(verdict.examples.some((text) => /acknowledged as 3 and as 4/.test(text)));
});

test("what was acknowledged before another was sent must stand before it", () => {
  // Ann's was acknowledged at 20, Bob sent his at 30, and it stands before hers.
  const log = [logged(1, "his", "bob"), logged(2, "hers")];
  const ann = [sent(10, "hers"), acked(20, "hers", 2)];
  const bob = [sent(30, "his"), acked(40, "his", 1)];
  only(check({ log, ann, bob }), "misordered");
});

test("sends that overlapped in time may stand in either order", () => {
  const log = [logged(1, "his", "bob"), logged(2, "hers")];
  const ann = [sent(10, "hers"), acked(50, "hers", 2)];
  const bob = [sent(30, "his"), acked(40, "his", 1)];
  only(check({ log, ann, bob }), "misordered", 0);
});

test("sends of one device must stand in the order in which it made them", () => {
  const log = [logged(1, "two"), logged(2, "one")];
  const ann = [sent(10, "one"), sent(11, "two"), acked(20, "two", 1), acked(21, "one", 2)];
  only(check({ log, ann }), "misordered");
});

test("what was refused and is there is a phantom", () => {
  const ann: HistoryRecord[] = [
    ...annSends,
    sent(70, "four"),
    ["fail", 80, "four", "storage_full"],
  ];
  only(check({ log: [...goodLog, logged(4, "four")], ann }), "phantom");
});

test("what was refused once and unanswered another time may be there", () => {
  const ann: HistoryRecord[] = [
    ...annSends,
    sent(70, "four"),
    ["info", 80, "four"],
    sent(90, "four"),
    ["fail", 95, "four", "busy"],
  ];
  only(check({ log: [...goodLog, logged(4, "four")], ann }), "phantom", 0);
  const absent = check({ ann });
  only(absent, "lost", 0);
  assert.equal(absent.unknown, 1);
});

test("an attempt that its process did not survive may have been stored, whatever the next one was told", () => {
  const ann: HistoryRecord[] = [
    ...annSends,
    sent(70, "four"),
    sent(90, "four"),
    ["fail", 95, "four", "busy"],
  ];
  only(check({ log: [...goodLog, logged(4, "four")], ann }), "phantom", 0);
});

test("what nobody sent is a phantom", () => {
  only(check({ log: [...goodLog, logged(4, "nobody's")] }), "phantom");
});

test("an entry with other content, sender or conversation than was sent is altered", () => {
  const [one, two] = goodLog as [LoggedEntry, LoggedEntry];
  only(check({ log: [one, { ...two, hash: "other" }, logged(3, "three")] }), "altered");
  only(check({ log: [one, { ...two, sender: "eve" }, logged(3, "three")] }), "altered");
  const ann = annSends.map((record) =>
    record[0] === "invoke" && record[2] === "two"
      ? (["invoke", 30, "two", "room:2", hashOf("two"), 9] as const)
      : record,
  );
  only(check({ ann }), "altered");
});

test("an entry that the server says is damaged is altered", () => {
  const damaged = { seq: 4, kind: "corrupt", id: null, sender: "", hash: "" };
  only(check({ log: [...goodLog, damaged] }), "altered");
});

test("a device that ends before the log does has lost the rest", () => {
  only(check({}, goodLog.slice(0, 1)), "lost", 2);
});

test("a device that leaves out an entry has lost it", () => {
  only(check({}, [logged(1, "one"), logged(3, "three")]), "lost");
});

test("a device that shows an entry twice has a duplicate", () => {
  only(check({}, [logged(1, "one"), logged(1, "one"), ...goodLog.slice(1)]), "duplicate");
});

test("a device that shows an entry late has it out of order", () => {
  only(check({}, [...goodLog, logged(1, "one")]), "misordered");
});

test("a device that shows what the log has not shows a phantom", () => {
  only(check({}, [...goodLog, logged(4, "four")]), "phantom");
});

test("a device that shows something else than the log has shows it altered", () => {
  only(check({}, [logged(1, "one"), logged(2, "other"), logged(3, "three")]), "altered");
});

test("a live stream that leaves something out and says nothing has a gap", () => {
  only(check({ bob: [["gap", room, 2, 3]] }), "gap");
});

test("a history that was rewound though nothing was restored counts as a loss", () => {
  only(check({ bob: [["rewound", 5]] }), "lost");
});

test("two chains for one entry mean that somebody was shown another history", () => {
  const ann: HistoryRecord[] = [...annSends, ["chain", room, 3, "abc"]];
  only(check({ ann, bob: [["chain", room, 3, "abc"]] }), "altered", 0);
  only(check({ ann, bob: [["chain", room, 3, "xyz"]] }), "altered");
  const chained = annSends.map((record) =>
    record[0] === "ok" && record[2] === "three" ? (["ok", 60, "three", 3, "abc"] as const) : record,
  );
  only(check({ ann: chained, bob: [["chain", room, 3, "xyz"]] }), "altered");
});

test("half a million sends are checked in memory and in time to wait for", {
  timeout: 120_000,
}, () => {
  const count = 500_000;
  const log: LoggedEntry[] = Array.from({ length: count }, (_, index) => ({
    seq: index + 1,
    kind: "message_received",
    id: `id-${index}`,
    sender: "ann",
    hash: "h",
  }));
  function* records(): Generator<HistoryRecord> {
    for (const { seq, id, kind, sender, hash } of log) {
      yield ["invoke", seq * 10, id ?? "", room, "h", 9];
      yield ["ok", seq * 10 + 5, id ?? "", seq, null];
      yield ["show", room, [seq, kind, id, sender, hash]];
    }
  }
  const device = { device: "ann", user: "ann", conversations: [room], records: records() };
  const verdict = checkHistories(new Map([[room, log]]), [device]);
  only(verdict, "lost", 0);
  assert.equal(verdict.acked, count);
});
