import { SmallServer } from "../../connections/test/small-server.ts";

// A process of its own, for tests that take something away from it. Ends with its parent.
const server = await SmallServer.start();
process.stdout.write(`${server.port}\n`);
process.stdin.on("end", () => process.exit()).resume();
