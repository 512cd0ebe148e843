import { readFileSync } from "node:fs";
import type { ChatEvent, Command } from "@lair-chat/protocol/define.ts";
import { replyType, successReply } from "@lair-chat/protocol/envelope.ts";
import { errorTable } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { commands, events } from "@lair-chat/protocol/registry.ts";
import { exampleOf } from "./schema-example.ts";
import { fieldTable } from "./schema-table.ts";

const accessText = {
  anonymous: "callers who have not signed in",
  anyone: "anybody",
  session: "signed-in users",
  admin: "admins",
} as const;

/** docs/PROTOCOL.md, whole. */
export function protocolMarkdown(): string {
  const parts = [
    introduction(),
    "## 6. Commands",
    ...Object.values(commands).map(commandSection),
    "## 7. Events",
    ...Object.values(events).map(eventSection),
    "## 8. Errors",
    errorSection(),
  ];
  return `${parts.join("\n\n")}\n`;
}

function introduction(): string {
  const text = readFileSync(new URL("./protocol-introduction.md", import.meta.url), "utf8");
  const figures: Readonly<Record<string, unknown>> = {
    ...limits,
    signInSeconds: limits.signInMs / 1000,
    legacySignInSeconds: limits.legacySignInMs / 1000,
    idleSeconds: limits.idleMs / 1000,
    resumingIdleSeconds: limits.resumingIdleMs / 1000,
    pingSeconds: limits.pingMs / 1000,
  };
  return text.trimEnd().replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const figure = figures[name];
    if (figure === undefined)
      throw new Error(`protocol-introduction.md names an unknown limit: ${name}`);
    return String(figure);
  });
}

function commandSection(command: Command): string {
  const { http } = command;
  const facts = [
    `Open to: ${accessText[command.access]}; counted as \`${command.rate}\``,
    http === undefined
      ? "not over HTTP"
      : `HTTP \`${http.method} /api/v1${http.path}\` → ${http.status ?? 200}`,
  ];
  const errors =
    command.errors.length === 0
      ? ""
      : `Errors: ${command.errors.map((code) => `\`${code}\``).join(", ")}.`;
  return [
    `### \`${command.name}\``,
    `${command.about}`,
    `${facts.join("; ")}. ${errors}`.trimEnd(),
    "Parameters:",
    fieldTable(command.params),
    ...resultSection(command),
    `\`\`\`json\n${example(command)}\n\`\`\``,
  ].join("\n\n");
}

function resultSection(command: Command): string[] {
  return Object.keys(command.result.properties).length === 0
    ? []
    : ["Result:", fieldTable(command.result)];
}

function example(command: Command): string {
  const params = exampleOf(command.params) as object;
  const request = { type: command.name, request_id: "7", ...params };
  return [request, ...exampleReply(command)].map((message) => JSON.stringify(message)).join("\n");
}

function exampleReply(command: Command): readonly object[] {
  const { reply } = command;
  const type = reply === "silent" ? undefined : replyType(command, "7");
  if (type === undefined) return [];
  const result = exampleOf(command.result) as object;
  const isBare = typeof reply === "object" && reply.isBare === true;
  return [isBare ? { type, ...result } : successReply(type, "7", result)];
}

function eventSection(event: ChatEvent): string {
  return [
    `### \`${event.name}\``,
    `${event.about}${event.logged ? " An entry of the conversation's log." : ""}`,
    fieldTable(event.payload),
    `\`\`\`json\n${JSON.stringify({ type: event.name, ...(exampleOf(event.payload) as object) })}\n\`\`\``,
  ].join("\n\n");
}

function errorSection(): string {
  const rows = Object.entries(errorTable).map(
    ([code, row]) => `| \`${code}\` | ${row.status} | ${row.retry ? "yes" : ""} | ${row.text} |`,
  );
  return ["| code | HTTP status | may succeed later | text |", "|---|---|---|---|", ...rows].join(
    "\n",
  );
}
