import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Command } from "@lair-chat/protocol/define.ts";
import { commands } from "@lair-chat/protocol/registry.ts";
import { arbitraryOf } from "@lair-chat/protocol/test/arbitrary.ts";
import fc from "fast-check";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { startSmallHttp } from "../test/small-http.ts";
import { type Operation, openApi } from "./openapi.ts";

const document = openApi("1.2.3");
const all: readonly Command[] = Object.values(commands);

function operations(): readonly (readonly [string, string, Operation])[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [path, method, operation] as const),
  );
}

test("every command with an address is in the document, at that address and under its name", () => {
  for (const { name, http } of all) {
    if (http === undefined) continue;
    const path = `/api/v1${http.path.replaceAll(/:(\w+)/g, "{$1}")}`;
    const found = document.paths[path]?.[http.method.toLowerCase()];
    assert.equal(found?.operationId, name);
    assert.ok(found?.responses[String(http.status ?? 200)], name);
  }
});

test("operations have names of their own, and every part of a path is declared", () => {
  const names = operations().map(([, , { operationId }]) => operationId);
  assert.equal(new Set(names).size, names.length);
  for (const [path, , { parameters }] of operations()) {
    const inPath = parameters.filter((parameter) => parameter["in"] === "path");
    assert.deepEqual(
      inPath.map(({ name }) => name).sort(),
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
    );
  }
});

test("every reference in the document leads somewhere", () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
  assert.ok(references.length > 0);
  for (const path of new Set(references)) {
    let found: unknown = document;
    for (const key of path.split("/"))
      found = (found as Record<string, unknown> | undefined)?.[key];
    assert.ok(found !== undefined, path);
  }
});

test("nothing that only our own checks read is in the document", () => {
  assert.doesNotMatch(JSON.stringify(document), /errorCode|~kind/);
});

test("who needs a token is said", () => {
  const of = (path: string, method: string) =>
    document.paths[`/api/v1${path}`]?.[method]?.["security"];
  assert.deepEqual(of("/auth/login", "post"), []);
  assert.deepEqual(of("/auth/refresh", "post"), [{}, { bearer: [] }]);
  assert.deepEqual(of("/rooms", "post"), [{ bearer: [] }]);
});

for (const { name, http, result } of all) {
  const { toBody, response } = http ?? {};
  if (toBody === undefined) continue;
  test(`what ${name} is answered with over HTTP is what it declares`, () => {
    assert.ok(response !== undefined);
    const check = Compile(Type.Object(response, { additionalProperties: false }));
    fc.assert(
      fc.property(arbitraryOf(result), (value) => {
        const body = toBody(value as Record<string, unknown>);
        assert.deepEqual([...check.Errors(body)], []);
      }),
      { numRuns: 30 },
    );
  });
}

test("the document and the page are served to everybody, and nothing else at their addresses", async () => {
  await using http = await startSmallHttp();
  const served = await http.fetch("/openapi.json");
  assert.equal(served.status, 200);
  assert.deepEqual(served.body, JSON.parse(JSON.stringify(document)));
  const base = `http://127.0.0.1:${http.listener.port}`;
  for (const path of ["/docs", "/docs/page.css", "/docs/page.js", "/openapi.json"]) {
    const page = await fetch(base + path);
    assert.equal(page.status, 200, path);
    assert.equal(page.headers.get("x-content-type-options"), "nosniff");
    assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'none';/);
    await page.arrayBuffer();
    assert.equal((await fetch(base + path, { method: "HEAD" })).status, 200);
    assert.equal((await fetch(base + path, { method: "POST" })).status, 405);
  }
  const policy = (await fetch(`${base}/docs`)).headers.get("content-security-policy") ?? "";
  assert.match(policy, /script-src 'self'; style-src 'self'; connect-src 'self'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
});

test("the page asks nobody else, and puts text onto itself as text only", () => {
  for (const file of ["page.html", "page.css", "page.js"]) {
    const text = readFileSync(new URL(`./docs-page/${file}`, import.meta.url), "utf8");
    assert.doesNotMatch(text, /https?:|\/\/[a-z]|@import|url\(/i, file);
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval\(| on\w+=/,
      file,
    );
    assert.doesNotMatch(text, /<style|<script>| style=/, file);
  }
});
