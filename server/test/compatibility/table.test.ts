import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Command } from "@lair-chat/protocol/define.ts";
import { commands } from "@lair-chat/protocol/registry.ts";
import {
  documentedCommands,
  documentedEndpoints,
  documentedEvents,
} from "../../../scripts/docs/compatibility/documented.ts";
import type { Proof } from "../../../scripts/docs/compatibility/proofs.ts";
import type { Cell, Row } from "../../../scripts/docs/compatibility/row.ts";
import { rustSuites } from "../../../scripts/docs/compatibility/rust-cases.ts";
import {
  commandRows,
  endpointRows,
  eventRows,
  tables,
} from "../../../scripts/docs/compatibility/table.ts";
import { isKnownFrame, knownFrames } from "./rust-client-frames.ts";
import { knownBodies } from "./rust-client-http.ts";

const root = new URL("../../../", import.meta.url);
const rows: readonly Row[] = Object.values(tables).flat();

function isShown(cell: Cell): cell is readonly Proof[] {
  return Array.isArray(cell);
}

/** The start of each test's name in a file, names made of parts included. */
const texts = new Map<string, string>();
function isIn({ file, test: name }: Proof): boolean {
  const text = texts.get(file) ?? readFileSync(new URL(file, root), "utf8");
  texts.set(file, text);
  return text.includes(name);
}

test("everything that 0.8.0 documents has its row", () => {
  const named = (table: readonly Row[]) => table.map(({ documented, here }) => [documented, here]);
  assert.deepEqual(named(commandRows), Object.entries(documentedCommands));
  assert.deepEqual(named(eventRows), Object.entries(documentedEvents));
  assert.deepEqual(named(endpointRows), Object.entries(documentedEndpoints));
});

test("every row says of each transport what shows it, or why there is nothing to show", () => {
  for (const { documented, tcp, webSocket, http } of rows) {
    for (const cell of [tcp, webSocket, http]) {
      if (isShown(cell)) assert(cell.length > 0, `nothing shows ${documented}`);
      else assert(cell.none.length > 10, `no reason is given for ${documented}`);
    }
  }
});

test("no command that has an address is without a proof for it", () => {
  for (const { here, http } of commandRows) {
    const { http: route }: Command = commands[here as keyof typeof commands];
    assert.equal(isShown(http), route !== undefined, here);
  }
});

test("the tests that are named exist", () => {
  const cells = rows.flatMap(({ tcp, webSocket, http }) => [tcp, webSocket, http]);
  const ofCases = Object.values(rustSuites).flatMap(({ cases }) =>
    Object.values(cases).flatMap(({ proofs }) => proofs),
  );
  for (const proof of [...cells.filter(isShown).flat(), ...ofCases]) {
    assert(isIn(proof), `${proof.file} has no test called "${proof.test}"`);
  }
});

test("every address of 0.8.0 is that of its command", () => {
  for (const [address, name] of Object.entries(documentedEndpoints)) {
    const { http }: Command = commands[name];
    assert.equal(`${http?.method} ${http?.path}`, address);
  }
});

test("what the client of 0.8.0 reads and asks for is documented", () => {
  const addresses = Object.keys(documentedEndpoints);
  assert.deepEqual(
    Object.keys(knownBodies).filter((route) => !addresses.includes(route)),
    [],
  );
  const names: ReadonlySet<string> = new Set(Object.values(documentedCommands));
  const eventNames: ReadonlySet<string> = new Set(Object.values(documentedEvents));
  const replies = new Set(["pong", "key_exchange_response"]);
  for (const frame of Object.keys(knownFrames).filter(isKnownFrame)) {
    const isReply = replies.has(frame) || names.has(frame.replace(/_response$/, ""));
    assert(isReply || eventNames.has(frame), `${frame} is in no document`);
  }
});

test("every case of the Rust project's suites is shown here, or it is said what is otherwise", () => {
  for (const [file, { cases, count }] of Object.entries(rustSuites)) {
    assert.equal(Object.keys(cases).length, count, file);
    for (const [name, { proofs, differs }] of Object.entries(cases)) {
      assert(proofs.length > 0 || (differs ?? "").length > 10, `nothing shows ${name}`);
    }
  }
});
