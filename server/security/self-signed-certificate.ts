import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  bitString,
  contextTag,
  type Der,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  time,
  truth,
  utf8String,
} from "./der.ts";

export interface CertificateRequest {
  /** Of P-256. */
  readonly privateKey: KeyObject;
  /** Host names and IP addresses that it is for; at least one. */
  readonly hosts: readonly string[];
  readonly now: Date;
  /** 16 random bytes. */
  readonly serialNumber: Buffer;
}

const objectIds = {
  commonName: "2.5.4.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

const DAY_MS = 24 * 60 * 60 * 1000;
/** Whose trust is in the key itself gains nothing from a short life. */
const LIFE_DAYS = 3650;

/** A private key for a certificate. */
export function generateCertificateKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

/** A certificate that vouches for itself, PEM: whoever connects has to know its key. */
export function selfSignedCertificate(request: CertificateRequest): string {
  const content = toBeSigned(request);
  const signature = sign("sha256", content, { key: request.privateKey, dsaEncoding: "der" });
  const certificate = sequence(content, signatureAlgorithm, bitString(signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

const signatureAlgorithm = sequence(objectId(objectIds.ecdsaWithSha256));
const version3 = contextTag(0, "parts", integer(Buffer.of(2)));
const name = sequence(
  set(sequence(objectId(objectIds.commonName), utf8String("Lair Chat server"))),
);

function toBeSigned({ privateKey, hosts, now, serialNumber }: CertificateRequest): Der {
  // A day before: clocks differ.
  const from = new Date(now.getTime() - DAY_MS);
  const until = new Date(now.getTime() + LIFE_DAYS * DAY_MS);
  // Cleared so that it is never longer than the 20 bytes that are allowed, nor zero.
  const serial = Buffer.concat([Buffer.of(0x40), serialNumber]);
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return sequence(
    version3,
    integer(serial),
    signatureAlgorithm,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey,
    contextTag(3, "parts", sequence(...extensions(hosts))),
  );
}

function extensions(hosts: readonly string[]): readonly Der[] {
  const digitalSignature = bitString(Buffer.of(0x80), 7);
  return [
    sequence(objectId(objectIds.basicConstraints), truth, octetString(sequence())),
    sequence(objectId(objectIds.keyUsage), truth, octetString(digitalSignature)),
    sequence(
      objectId(objectIds.extendedKeyUsage),
      octetString(sequence(objectId(objectIds.serverAuth))),
    ),
    sequence(objectId(objectIds.subjectAltName), octetString(sequence(...hosts.map(altName)))),
  ];
}

const altNames = { dns: 2, ip: 7 } as const;

function altName(host: string): Der {
  if (host.includes(":")) return contextTag(altNames.ip, "bytes", ipv6Bytes(host));
  return /^\d+(\.\d+){3}$/.test(host)
    ? contextTag(altNames.ip, "bytes", ipv4Bytes(host))
    : contextTag(altNames.dns, "bytes", Buffer.from(host));
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser writes IPv4 at the end as two groups.
  const plain = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1) ?? "::";
  const [head = "", tail = ""] = plain.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(Math.max(0, missing)).fill("0"), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}
