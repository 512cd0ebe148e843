// Who may import whom. Each rule says in its comment what to do instead, and has a line in
// rule-canaries.txt that scripts/test/rules.test.ts plants to see the rule go red.

const tests = "[.]test[.]tsx?$|(^|/)test/";

/** Modules below `from` never reach what matches `to`; tests may. */
const never = (name, from, to, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: tests },
  to: { path: to },
});

/** Only modules that match `rooms` (and tests) may import what matches `what`. */
const onlyIn = (name, what, rooms, comment) => ({
  name,
  comment,
  severity: "error",
  from: { pathNot: `${rooms}|${tests}` },
  to: { path: what },
});

/** An npm package by its name, whether it is installed or not. */
const npm = (...names) => `(^|node_modules/)(${names.join("|")})(/|$)`;
const fromRegistry = ["npm", "npm-dev", "npm-no-pkg", "npm-unknown"];
const core = (...names) => `^(node:)?(${names.join("|")})$`;

// Where everything is put together. They may import all of the server; nothing below imports them.
const serverRoots =
  "^server/((app|main|write-operations|writer-thread|writer-thread-file)[.]ts$|cli/)";
const clientRoots = "^client/((app|main)[.]tsx?$|cli/)";

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Modules that need each other are one module, or share a third one below both.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolvable",
      comment: "The imported file or package is not there.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "production-never-imports-tests",
      comment: "Move what both need out of the test folder.",
      severity: "error",
      from: { pathNot: tests },
      to: { path: tests },
    },

    never(
      "protocol-is-the-floor",
      "^protocol/",
      "^(server|client|scripts|migrations)/",
      "The contract knows neither of its two ends.",
    ),
    never(
      "protocol-is-pure",
      "^protocol/",
      core(
        "net",
        "tls",
        "http",
        "https",
        "dgram",
        "fs",
        "fs/promises",
        "os",
        "process",
        "child_process",
      ),
      "No input or output in protocol/: take the bytes as an argument.",
    ),
    {
      name: "protocol-needs-only-typebox",
      comment: "Whoever speaks the protocol inherits its dependencies.",
      severity: "error",
      from: { path: "^protocol/", pathNot: `^protocol/handshake/|${tests}` },
      to: { pathNot: npm("typebox"), dependencyTypes: fromRegistry },
    },
    {
      name: "handshake-needs-only-noble",
      comment: "Cryptography comes from one audited family of packages that runs everywhere.",
      severity: "error",
      from: { path: "^protocol/handshake/", pathNot: tests },
      to: { pathNot: npm("@noble"), dependencyTypes: fromRegistry },
    },
    never("client-never-imports-server", "^client/", "^server/", "They meet in protocol/ only."),
    never("server-never-imports-client", "^server/", "^client/", "They meet in protocol/ only."),

    // The server's storeys, from the ground up.
    never(
      "server-foundations",
      "^server/(config|observability|security|storage|cluster)/",
      `^server/(commands|features|connections|transports)/|${serverRoots}`,
      "Foundations know nothing of what stands on them: pass a function or an interface in.",
    ),
    never(
      "server-commands",
      "^server/commands/",
      `^server/(features|connections|transports|storage)/|${serverRoots}`,
      "Dispatch works on the handlers it is given and does not know which there are.",
    ),
    never(
      "server-features",
      "^server/features/",
      `^server/(connections|transports)/|${serverRoots}`,
      "A handler never sees a socket: return a result or publish an event.",
    ),
    never(
      "server-connections",
      "^server/connections/",
      `^server/(features|transports|storage)/|${serverRoots}`,
      "Connections carry frames to dispatch and events to people; rules live in features.",
    ),
    never(
      "server-transports",
      "^server/transports/",
      `^server/(features|storage)/|${serverRoots}`,
      "A transport moves bytes and holds no rules: go through dispatch.",
    ),
    {
      name: "feature-privacy",
      comment: "Another feature shows only its *-store.ts and *-rules.ts.",
      severity: "error",
      from: { path: "^server/features/([^/]+)/", pathNot: tests },
      to: { path: "^server/features/", pathNot: ["^server/features/$1/", "-(store|rules)[.]ts$"] },
    },

    // Libraries that stay in their room.
    onlyIn(
      "sql-lives-in-stores",
      npm("drizzle-orm", "better-sqlite3", "pg"),
      "^server/storage/|-store[.]ts$|^migrations/|^scripts/",
      "Put the query into the feature's *-store.ts.",
    ),
    onlyIn(
      "redis-lives-in-cluster",
      npm("@redis", "redis", "ioredis"),
      "^server/cluster/redis-",
      "Everybody else uses the interfaces in server/cluster/.",
    ),
    onlyIn(
      "sockets-live-at-the-edge",
      `${core("net", "tls", "http", "https", "dgram")}|${npm("ws", "fastify", "@fastify")}`,
      "^server/(transports|cli)/|^server/(app|main)[.]ts$|^client/connection/|^scripts/",
      "Only transports and the client's connection hold sockets.",
    ),
    onlyIn(
      "react-lives-in-views",
      npm("ink", "react"),
      "^client/(views/|main[.]tsx$|store/use-)",
      "Keep state and text functions free of React; views read them.",
    ),

    // The client's rooms.
    never(
      "client-text",
      "^client/text/",
      `^client/(?!text/)|${npm("ink", "react")}`,
      "Text functions take strings and know no other room.",
    ),
    never(
      "client-views",
      "^client/views/",
      `^client/(connection|crypto|files)/|${clientRoots}`,
      "A view reads the store and calls actions.",
    ),
    never(
      "client-store",
      "^client/store/",
      `^client/(connection|crypto|files|actions|slash|views)/|${clientRoots}`,
      "The store is state and pure functions over it.",
    ),
    never(
      "client-connection",
      "^client/connection/",
      `^client/(store|crypto|files|actions|slash|views)/|${clientRoots}`,
      "The connection knows sockets, not state.",
    ),
    never(
      "client-actions",
      "^client/actions/",
      `^client/(slash|views)/|${clientRoots}`,
      "An action does one thing a person asked for; who asked is not its business.",
    ),
    never(
      "client-slash",
      "^client/slash/",
      `^client/(connection|crypto|files|views)/|${clientRoots}`,
      "A slash command reads words and calls an action.",
    ),
    never(
      "client-files",
      "^client/files/",
      `^client/(connection|crypto|actions|slash|views)/|${clientRoots}`,
      "Files keep what they are given and know nobody who gives it.",
    ),
  ],
  options: {
    // With it, `import type` counts too. TypeScript itself is read through @swc/core, because
    // TypeScript 7 has no parser to offer; without that package no .ts file would be read at all.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)bundle/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
