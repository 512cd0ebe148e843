import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plot, Table } from "../measurement.ts";
import { axisOf, plotSvg } from "../plot.ts";
import { numberText, tableMarkdown, tableText } from "../table.ts";

const table: Table = {
  title: "Sends",
  columns: ["server", "sends/s"],
  rows: [
    ["tcp", 12_345.6],
    ["a|b", undefined],
  ],
};

test("a number has as many digits as mean something", () => {
  const texts = [0, 1234567, 12345.6, 42.42, 1.234, 0.5, 0.01234].map(numberText);
  assert.deepEqual(texts, ["0", "1,234,567", "12,346", "42.4", "1.23", "0.50", "0.012"]);
});

test("what is no number is shown as none", () => {
  assert.deepEqual([Number.NaN, Number.POSITIVE_INFINITY].map(numberText), ["-", "-"]);
});

test("a table on a terminal has words to the left and numbers to the right", () => {
  const lines = ["Sends", "server  sends/s", "tcp      12,346", "a|b           -"];
  assert.equal(tableText(table), lines.join("\n"));
});

test("a table in Markdown keeps its columns whatever stands in a cell", () => {
  const lines = [
    ...["**Sends**", ""],
    ...["| server | sends/s |", "| --- | ---: |", "| tcp | 12,346 |", "| a\\|b | - |"],
  ];
  assert.equal(tableMarkdown(table), lines.join("\n"));
});

test("a table that was kept is shown as it was", () => {
  const kept = JSON.parse(JSON.stringify(table)) as Table;
  assert.equal(tableMarkdown(kept), tableMarkdown(table));
  assert.equal(tableText(kept), tableText(table));
});

test("an axis encloses its values with powers of ten", () => {
  assert.deepEqual(axisOf([2, 1000]), { low: 0, high: 3 });
  assert.deepEqual(axisOf([0, 10]), { low: 1, high: 2 });
  assert.deepEqual(axisOf([]), { low: 0, high: 1 });
});

const plot: Plot = {
  name: "sends",
  title: "Sends < deliveries",
  x: "members",
  y: "sends a second",
  series: [
    {
      name: "tcp",
      points: [
        [1, 1000],
        [10, 100],
        [0, 5],
      ],
    },
  ],
};

test("a plot puts the corners of its values into the corners of its area", () => {
  const svg = plotSvg(plot);
  assert.match(svg, /<path d="M78\.0 44\.0L478\.0 344\.0" stroke="#0072b2"/);
});

test("a plot leaves out what has no place on its axes", () => {
  assert.equal(plotSvg(plot).match(/<circle/g)?.length, 2);
});

test("a plot escapes what would be markup", () => {
  assert.match(plotSvg(plot), /<title>Sends &lt; deliveries<\/title>/);
});
