// node scripts/check/dependencies.ts: holds all imports against scripts/dependency-rules.cjs.
import { createRequire } from "node:module";
import { readDependencies } from "./read-dependencies.ts";

interface RuleFile {
  readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
}

const rules = createRequire(import.meta.url)("../dependency-rules.cjs") as RuleFile;
const comments = new Map(rules.forbidden.map(({ name, comment }) => [name, comment]));

const { modules, violations } = await readDependencies(process.cwd());
for (const { rule, from, to } of violations) {
  console.error(`${rule}: ${from} imports ${to}\n  ${comments.get(rule) ?? ""}`);
}
const sources = modules.filter((module) => /^(protocol|server|client)\/.*[.]tsx?$/.test(module));
console.log(`${sources.length} TypeScript modules read, ${violations.length} violations`);
// Without a parser for TypeScript the tool finds nothing to read, and so nothing to complain about.
if (sources.length === 0) console.error("no TypeScript was read: is @swc/core installed?");
process.exitCode = violations.length === 0 && sources.length > 0 ? 0 : 1;
