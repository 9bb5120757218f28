import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";
import type { ServerConfig } from "./config.ts";

/** What became of a token that came back. */
export type Verified<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly reason: "invalid" | "expired" };

/**
 * Signs data, so that it can be given away and trusted when it comes back. **Signed is not secret**: whoever
 * holds the token can read it.
 *
 * The token is `payload.mac`: JSON of the data and of the time of signing, and its HMAC-SHA256 under a key
 * that HKDF (RFC 5869) derives from the server's secret and the salt; both base64url.
 *
 * @param salt names what the token is for, as a constant of the code: a token made for one purpose is worthless for another.
 * @param data JSON; undefined counts as null.
 * @param options.now when it is signed, in seconds since 1970; the present if absent.
 *
 * @example
 * const token = signToken(conn.config, "password reset", { userId: 7 });
 */
export function signToken(config: ServerConfig, salt: string, data: unknown, options?: { now?: number }): string {
  const signed = options?.now ?? presentSeconds();
  const payload = Buffer.from(JSON.stringify({ signed, data: data ?? null })).toString("base64url");
  return `${payload}.${authenticate(config, salt, payload)}`;
}

/**
 * Reads a token that {@link signToken} made with the same secret and salt. Never throws on what strangers send.
 *
 * @typeParam T what was signed; since only this server signs, it is believed without a look.
 * @param options.maxAge the age in seconds up to which it is accepted; `Infinity` for ever.
 * @param options.now seconds since 1970; the present if absent.
 */
export function verifyToken<T>(
  config: ServerConfig,
  salt: string,
  token: string,
  options: { maxAge: number; now?: number },
): Verified<T> {
  if (typeof token !== "string") return invalid;
  const dot = token.indexOf(".");
  if (dot === -1) return invalid;
  const payload = token.slice(0, dot);
  if (!equalInConstantTime(authenticate(config, salt, payload), token.slice(dot + 1))) return invalid;
  const { signed, data } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { signed: number; data: T };
  return signed + options.maxAge < (options.now ?? presentSeconds()) ? expired : { ok: true, data };
}

/** Compares texts in a time that tells nothing about where they differ. */
export function equalInConstantTime(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  return left.length === right.length && timingSafeEqual(left, right);
}

const invalid = Object.freeze({ ok: false, reason: "invalid" } as const);
const expired = Object.freeze({ ok: false, reason: "expired" } as const);

function presentSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function authenticate(config: ServerConfig, salt: string, payload: string): string {
  return createHmac("sha256", keyFor(config, salt)).update(payload).digest("base64url");
}

/** Derived keys by config and salt: deriving one costs ten times a signature. */
const derivedKeys = new WeakMap<ServerConfig, Map<string, KeyObject>>();

function keyFor(config: ServerConfig, salt: string): KeyObject {
  let keys = derivedKeys.get(config);
  if (keys === undefined) {
    keys = new Map();
    derivedKeys.set(config, keys);
  }
  let key = keys.get(salt);
  if (key === undefined) {
    key = deriveKey(config.secretKeyBase, salt);
    // Salts are constants of the code; should somebody make them of input, the cache must not grow with it.
    if (keys.size < 256) keys.set(salt, key);
  }
  return key;
}

function deriveKey(secretKeyBase: string, salt: string): KeyObject {
  if (secretKeyBase.length < 32) {
    throw new Error(
      `secretKeyBase has ${secretKeyBase.length} characters, which is too few to sign with: give it at least 32, ` +
        "best 64 random ones, such as node -p \"crypto.randomBytes(48).toString('base64url')\" prints",
    );
  }
  return createSecretKey(Buffer.from(hkdfSync("sha256", secretKeyBase, "anqa", salt, 32)));
}
