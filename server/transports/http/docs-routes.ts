import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { openApi } from "./openapi.ts";
import { refuseOtherMethods } from "./routes.ts";

const methods = ["GET", "HEAD"];

/** What the page needs, and nothing from anywhere else. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const pageFiles = [
  { url: "/docs", file: "page.html", type: "text/html; charset=utf-8" },
  { url: "/docs/page.css", file: "page.css", type: "text/css; charset=utf-8" },
  { url: "/docs/page.js", file: "page.js", type: "text/javascript; charset=utf-8" },
] as const;

const pageFolder = new URL("./docs-page/", import.meta.url);

/** The API's description for programs and, as a page, for people; open to everybody. */
export function addDocsRoutes(
  app: FastifyInstance,
  { version }: { readonly version: string },
): void {
  const document = JSON.stringify(openApi(version));
  serveText(app, { url: "/openapi.json", type: "application/json; charset=utf-8", text: document });
  for (const { url, file, type } of pageFiles) {
    const text = readFileSync(new URL(file, pageFolder), "utf8");
    serveText(app, { url, type, text, policy: pagePolicy });
  }
}

interface Served {
  readonly url: string;
  readonly type: string;
  readonly text: string;
  readonly policy?: string;
}

function serveText(app: FastifyInstance, { url, type, text, policy }: Served): void {
  app.route({
    method: methods,
    url,
    handler: (_request, reply) => {
      reply.header("content-type", type);
      if (policy !== undefined) reply.header("content-security-policy", policy);
      reply.send(text);
    },
  });
  refuseOtherMethods(app, url, methods);
}
