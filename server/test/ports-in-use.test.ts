import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort, startServerProcess } from "./server-process.ts";

for (const name of ["tcp", "http"] as const) {
  test(`a ${name} port that is in use is named, with what to do`, async () => {
    await using first = await startServerProcess();
    const taken = name === "tcp" ? first.tcpPort : first.httpPort;
    const options = {
      tcpPort: await freePort(),
      httpPort: await freePort(),
      [`${name}Port`]: taken,
    };
    await assert.rejects(startServerProcess(options), (error: Error) => {
      const said = String(error.cause instanceof Error ? error.cause.message : error.message);
      assert.match(said, /ended with 70/);
      assert.match(
        said,
        new RegExp(`LAIR_${name.toUpperCase()}_PORT: 127.0.0.1 port ${taken} is in use`),
      );
      assert.doesNotMatch(said, /\n\s+at /, "no stack");
      return true;
    });
  });
}
