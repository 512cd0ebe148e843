/** A test that shows something, by the words its name has in the file. */
export interface Proof {
  readonly file: string;
  readonly test: string;
}

const testsIn = (file: string) => (test: string) => ({ file, test });

/** Clients of 1.x, over everything they connect by. */
export const older = testsIn("server/test/compatibility/older-client.test.ts");
export const olderConnections = testsIn("server/test/compatibility/older-connections.test.ts");
export const olderHttp = testsIn("server/test/compatibility/older-http.test.ts");
export const invitationStories = testsIn("server/test/scenarios/invitations.test.ts");
export const roomStories = testsIn("server/test/scenarios/rooms.test.ts");
export const messageStories = testsIn("server/test/scenarios/messages.test.ts");
export const accountStories = testsIn("server/test/scenarios/accounts.test.ts");
export const adminStories = testsIn("server/test/scenarios/admin.test.ts");
export const tcpListener = testsIn("server/transports/tcp/tcp-listener.test.ts");
export const httpListener = testsIn("server/transports/http/http-listener.test.ts");
export const webSocket = testsIn("server/transports/websocket/websocket.test.ts");
export const queryToken = testsIn("server/transports/websocket/query-token.test.ts");
export const openApiDocument = testsIn("server/transports/http/openapi.test.ts");
export const deadlines = testsIn("server/connections/deadlines.test.ts");
export const connectionLife = testsIn("server/connections/connection.test.ts");
const rightsMatrix = testsIn("server/test/rights-matrix.test.ts");

/** The whole of 0.8.0's commands, told as one story over each transport. */
export const everyCommand: Proof = {
  file: "server/test/compatibility/every-command.test.ts",
  test: "every command of 0.8.0 does what it says over",
};
const everyEventFile = testsIn("server/test/compatibility/every-event.test.ts");
export const everyEvent: Proof = everyEventFile("every event of 0.8.0 is heard over");
export const sessionEnds: Proof = everyEventFile(
  "that a session ends soon is said over TCP and WebSocket",
);
/** Who may, in every standing to rooms of each kind. */
export const rights: Proof = rightsMatrix("everybody is answered as the table says, over");
