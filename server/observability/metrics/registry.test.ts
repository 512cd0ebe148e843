import assert from "node:assert/strict";
import { test } from "node:test";
import { MetricRegistry } from "./registry.ts";

test("what is registered is read when it is asked for, and written as Prometheus reads it", () => {
  const registry = new MetricRegistry();
  let waiting = 1;
  registry.bounded("lair_queue", "What waits.", { size: () => waiting, limit: 20 });
  registry.counter("lair_errors_total", "Errors, by code.", () => [
    [{ code: "busy" }, 3],
    [{ code: "timeout" }, 0],
  ]);
  waiting = 7;
  assert.equal(
    registry.text(),
    `# HELP lair_queue What waits.
# TYPE lair_queue gauge
lair_queue 7
# HELP lair_queue_limit The most that lair_queue may be.
# TYPE lair_queue_limit gauge
lair_queue_limit 20
# HELP lair_errors_total Errors, by code.
# TYPE lair_errors_total counter
lair_errors_total{code="busy"} 3
lair_errors_total{code="timeout"} 0
`,
  );
});

test("what is in texts and labels cannot break the lines, and no number is written that cannot be read", () => {
  const registry = new MetricRegistry();
  const value = 'a"b\\c\nd';
  registry.gauge("a", "one\\two\nthree", () => [[{ value }, Number.POSITIVE_INFINITY]]);
  registry.gauge("b", "b", () => Number.NaN);
  assert.equal(
    registry.text(),
    '# HELP a one\\\\two\\nthree\n# TYPE a gauge\na{value="a\\"b\\\\c\\nd"} +Inf\n' +
      "# HELP b b\n# TYPE b gauge\nb NaN\n",
  );
});

test("what the system does not say is left out", () => {
  const registry = new MetricRegistry();
  registry.gauge("unknown", "Not known here.", () => undefined);
  assert.equal(registry.text(), "");
});

test("a name that is no name, is taken, or hides that it counts is refused", () => {
  const registry = new MetricRegistry();
  const one = () => 1;
  registry.gauge("a", "a", one);
  assert.throws(() => registry.gauge("a", "again", one), /two metrics are called a/);
  assert.throws(() => registry.gauge("a-b", "a", one), /no name/);
  assert.throws(() => registry.counter("requests", "a", one), /ends in _total/);
});
