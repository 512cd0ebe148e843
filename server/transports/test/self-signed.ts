import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate for 127.0.0.1 and its key, PEM; undefined where there is no openssl to make one. */
export function selfSigned(): { readonly cert: Buffer; readonly key: Buffer } | undefined {
  const directory = mkdtempSync(join(tmpdir(), "lair-chat-tls-"));
  const key = join(directory, "key.pem");
  const cert = join(directory, "cert.pem");
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const subject = ["-subj", "/CN=lair-chat-test", "-addext", "subjectAltName=IP:127.0.0.1"];
  try {
    execFileSync(
      "openssl",
      [...request, "-nodes", "-days", "2", ...subject, "-keyout", key, "-out", cert],
      { stdio: "ignore" },
    );
    return { cert: readFileSync(cert), key: readFileSync(key) };
  } catch {
    return undefined;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
