import { createCipheriv, createDecipheriv, createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import { randomPool } from "../random-pool.ts";
import { type KeyPurpose, type Secrets, tokenKeys } from "./token-keys.ts";

/** What a token carries. */
export interface Envelope {
  /** When it was made, in seconds since 1970. */
  readonly signed: number;
  readonly data: unknown;
  /** Seconds that it was made for, null for ever. */
  readonly maxAge?: number | null;
}

/** An envelope that proved to be of this server. */
export interface OpenedEnvelope extends Envelope {
  /** Whether a previous secret made it. */
  readonly outdated: boolean;
}

/** Closes an envelope: `payload.mac` when signed, one text when encrypted; both are base64url. */
export function sealEnvelope(secrets: Secrets, purpose: KeyPurpose, salt: string, envelope: Envelope): string {
  const [key] = tokenKeys(secrets, purpose, salt);
  const text = JSON.stringify(envelope);
  return purpose === "sign" ? sign(key, text) : encrypt(key, salt, text, randomPool(secrets).take(nonceBytes));
}

/** Opens what {@link sealEnvelope} closed; undefined if any of its bits is not as it was. Never throws. */
export function openEnvelope(
  secrets: Secrets,
  purpose: KeyPurpose,
  salt: string,
  token: string,
): OpenedEnvelope | undefined {
  // What comes as JSON may be anything.
  if (typeof token !== "string") return undefined;
  const keys = tokenKeys(secrets, purpose, salt);
  const open = purpose === "sign" ? verify : decrypt;
  for (const key of keys) {
    const text = open(key, token, salt);
    if (text !== undefined) return { ...(JSON.parse(text) as Envelope), outdated: key !== keys[0] };
  }
  return undefined;
}

/** Compares texts in a time that tells nothing about where they differ. */
export function equalInConstantTime(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  return left.length === right.length && timingSafeEqual(left, right);
}

function sign(key: KeyObject, text: string): string {
  const payload = Buffer.from(text).toString("base64url");
  return `${payload}.${authenticate(key, payload)}`;
}

function verify(key: KeyObject, token: string): string | undefined {
  const dot = token.indexOf(".");
  if (dot === -1) return undefined;
  const payload = token.slice(0, dot);
  if (!equalInConstantTime(authenticate(key, payload), token.slice(dot + 1))) return undefined;
  return Buffer.from(payload, "base64url").toString();
}

function authenticate(key: KeyObject, payload: string): string {
  return createHmac("sha256", key).update(payload).digest("base64url");
}

const cipherName = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

function encrypt(key: KeyObject, salt: string, text: string, nonce: Buffer): string {
  const cipher = createCipheriv(cipherName, key, nonce).setAAD(Buffer.from(salt));
  const encrypted = cipher.update(text, "utf8");
  cipher.final();
  return Buffer.concat([nonce, encrypted, cipher.getAuthTag()]).toString("base64url");
}

function decrypt(key: KeyObject, token: string, salt: string): string | undefined {
  const bytes = Buffer.from(token, "base64url");
  // Many texts decode to the same bytes; one of them was made here.
  if (bytes.length < nonceBytes + tagBytes || bytes.toString("base64url") !== token) return undefined;
  const decipher = createDecipheriv(cipherName, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(salt))
    .setAuthTag(bytes.subarray(-tagBytes));
  const decrypted = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return decrypted.toString();
}
