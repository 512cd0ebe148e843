import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { type Dependencies, readDependencies } from "../check/read-dependencies.ts";

const root = path.resolve(import.meta.dirname, "..", "..");
const folders = ["protocol", "server", "client", "scripts", "migrations"];

interface Canary {
  readonly rules: readonly string[];
  readonly from: string;
  readonly to: string;
}

async function readCanaries(): Promise<readonly Canary[]> {
  const text = await readFile(path.join(root, "scripts", "rule-canaries.txt"), "utf8");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [rules = "", from = "", to = ""] = line.split("|").map((part) => part.trim());
      return { rules: rules.split("+").map((rule) => rule.trim()), from, to };
    });
}

/** A copy of the sources, so that a planted file can never be left behind in the real ones. */
async function copyOfSources(): Promise<string> {
  const copy = await mkdtemp(path.join(tmpdir(), "lair-chat-rules-"));
  for (const folder of folders) {
    await cp(path.join(root, folder), path.join(copy, folder), {
      recursive: true,
      filter: (source) => path.basename(source) !== "node_modules",
    });
  }
  await cp(path.join(root, "package.json"), path.join(copy, "package.json"));
  await linkPackages(copy);
  return copy;
}

/** All packages as they are installed, but `@lair-chat/*` as it is in the copy. */
async function linkPackages(copy: string): Promise<void> {
  const link = (target: string, name: string) =>
    symlink(target, path.join(copy, "node_modules", name), "junction");
  await mkdir(path.join(copy, "node_modules", "@lair-chat"), { recursive: true });
  await link(path.join(copy, "protocol"), "@lair-chat/protocol");
  const names = await readdir(path.join(root, "node_modules"));
  for (const name of names.filter((entry) => !entry.startsWith(".") && entry !== "@lair-chat")) {
    await link(path.join(root, "node_modules", name), name);
  }
}

const planted = (index: number, kind: string) => `planted-${index}-${kind}.ts`;
const isPlanted = (name: string) => path.basename(name).startsWith("planted-");
const isOurs = (place: string) => folders.some((folder) => place.startsWith(`${folder}/`));

/** The module a place stands for: itself, or the first production module in the folder. */
function moduleAt(copy: string, place: string): string | undefined {
  if (!place.endsWith("/")) return existsSync(path.join(copy, place)) ? place : undefined;
  if (!existsSync(path.join(copy, place))) return undefined;
  const names = readdirSync(path.join(copy, place), { recursive: true, encoding: "utf8" });
  const name = names.sort().find((entry) => /(?<!\.test)\.tsx?$/.test(entry) && !isPlanted(entry));
  return name === undefined ? undefined : place + name.split(path.sep).join("/");
}

/** What to write between the quotes; packages and relative specifiers stand as they are. */
function specifier(copy: string, { from, to }: Canary): string {
  const target = isOurs(to) ? moduleAt(copy, to) : to;
  assert.ok(target, `${to} is not there, so the rule guards nothing`);
  if (!isOurs(target)) return target;
  const relative = path.posix.relative(from, target);
  return relative.startsWith(".") ? relative : `./${relative}`;
}

/** Writes the import twice, for its value and for its types only. */
async function plant(copy: string, canary: Canary, index: number): Promise<void> {
  const guarded = moduleAt(copy, canary.from);
  assert.ok(guarded, `${canary.from} is not there, so the rule guards nothing`);
  const target = JSON.stringify(specifier(copy, canary));
  const write = (kind: string, text: string) =>
    writeFile(path.join(copy, canary.from, planted(index, kind)), text);
  await write("value", `import * as x from ${target};\nconsole.log(x);\n`);
  await write("type", `import type * as x from ${target};\nexport type X = typeof x;\n`);
}

function rulesAgainst({ violations }: Dependencies, file: string): readonly string[] {
  return [
    ...new Set(violations.filter(({ from }) => from === file).map(({ rule }) => rule)),
  ].sort();
}

describe("the dependency rules", async () => {
  const canaries = await readCanaries();
  let copy = "";
  let seen: Dependencies;
  const unplanted = new Map<number, unknown>();

  before(async () => {
    copy = await copyOfSources();
    for (const [index, canary] of canaries.entries()) {
      await plant(copy, canary, index).catch((reason: unknown) => unplanted.set(index, reason));
    }
    await writeFile(
      path.join(copy, "server", "planted-a.ts"),
      'export * as b from "./planted-b.ts";\n',
    );
    await writeFile(
      path.join(copy, "server", "planted-b.ts"),
      'import type { b } from "./planted-a.ts";\nexport type B = typeof b;\n',
    );
    seen = await readDependencies(copy);
  });
  after(() => rm(copy, { recursive: true, force: true }));

  for (const [index, { rules, from, to }] of canaries.entries()) {
    test(`report ${rules.join(" and ")} when ${from} imports ${to}`, () => {
      assert.ifError(unplanted.get(index));
      for (const kind of ["value", "type"]) {
        const file = from + planted(index, kind);
        assert.deepEqual(rulesAgainst(seen, file), [...rules].sort(), `${kind} import`);
      }
    });
  }

  test("report no-cycles when two modules import each other, if only for a type", () => {
    assert.deepEqual(rulesAgainst(seen, "server/planted-a.ts"), ["no-cycles"]);
  });

  test("each have a canary", () => {
    const { forbidden } = createRequire(import.meta.url)("../dependency-rules.cjs") as {
      forbidden: { name: string }[];
    };
    const covered = new Set(["no-cycles", ...canaries.flatMap(({ rules }) => rules)]);
    assert.deepEqual(
      forbidden.map(({ name }) => name).filter((name) => !covered.has(name)),
      [],
    );
  });

  test("find nothing in the sources as they are", () => {
    assert.deepEqual(
      seen.violations.filter(({ from }) => !isPlanted(from)),
      [],
    );
  });

  test("are held against every TypeScript source, not against none", async () => {
    const read = new Set(seen.modules);
    for (const folder of folders) {
      const names = await readdir(path.join(copy, folder), { recursive: true });
      const sources = names
        .filter((name) => /\.tsx?$/.test(name))
        .map((name) => `${folder}/${name.split(path.sep).join("/")}`);
      assert.deepEqual(
        sources.filter((source) => !read.has(source)),
        [],
      );
    }
  });
});
