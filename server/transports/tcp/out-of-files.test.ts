import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { WireClient } from "../../test/wire-client.ts";

const program = fileURLToPath(new URL("../test/listen-alone.ts", import.meta.url));
const skip = process.platform === "win32" ? "there is no ulimit" : false;

test("a server out of file descriptors goes on, and takes connections again when there are some", {
  skip,
}, async () => {
  const child = spawn("sh", ["-c", `ulimit -n 64; exec "$0" "$1"`, process.execPath, program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const port = Number(line.toString());
    const clients = await Promise.all(
      Array.from({ length: 150 }, () => WireClient.connect({ port })),
    );
    const greeted = await Promise.allSettled(clients.map((one) => one.expects("server_hello")));
    const welcome = greeted.filter(({ status }) => status === "fulfilled").length;
    assert.ok(welcome > 0 && welcome < 150, `${welcome} of 150 got in`);
    await Promise.all(clients.map((one) => one.close()));
    await using client = await untilLetIn(port);
    await client.hello();
    await client.call("authenticate", { token: "ann" });
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
});

/** The server may need a moment to see that the others are gone. */
async function untilLetIn(port: number): Promise<WireClient> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const client = await WireClient.connect({ port });
    const greeting = client.expectsMessage(() => true);
    if (
      await greeting.then(
        () => true,
        () => false,
      )
    ) {
      await client.close();
      return WireClient.connect({ port });
    }
  }
  throw new Error("nobody was let in any more");
}
