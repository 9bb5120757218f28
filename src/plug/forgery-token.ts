import { timingSafeEqual } from "node:crypto";
import type { ServerConfig } from "./config.ts";
import type { Conn } from "./conn.ts";
import { RandomPool } from "./random-pool.ts";
import { forgerySecretKey, type SessionData } from "./session.ts";

const secretBytes = 18;
/** Base64url characters of mask and masked secret together. */
const tokenLength = ((2 * secretBytes) / 3) * 4;

/**
 * The CSRF token to put into a form or a `<meta name="csrf-token">`: the session's secret, which is made if it
 * has none yet, under a mask that is new for every conn.
 *
 * The mask is what keeps the secret from being guessed by the size of compressed pages (the BREACH attack):
 * `token = mask ‖ (secret xor mask)` never repeats, yet says the same to who knows the secret.
 *
 * @throws unless `fetchSession()` ran.
 */
export function csrfToken(conn: Conn): string {
  const secret = sessionSecret(conn);
  const cached = tokens.get(conn);
  // A renewed or cleared session has a new secret, which a token made before would not fit.
  if (cached?.secret === secret) return cached.token;
  const token = mask(secret, randomPool(conn.config));
  tokens.set(conn, { secret, token });
  return token;
}

/** Whether a masked token was made for this session. Takes what strangers send; compares in constant time. */
export function validCsrfToken(session: SessionData, token: string): boolean {
  const secret = Object.hasOwn(session, forgerySecretKey) ? session[forgerySecretKey] : undefined;
  if (typeof secret !== "string" || typeof token !== "string" || token.length !== tokenLength) return false;
  const bytes = Buffer.from(token, "base64url");
  const expected = Buffer.from(secret, "base64url");
  if (bytes.length !== 2 * secretBytes || expected.length !== secretBytes) return false;
  toggleMask(bytes);
  return timingSafeEqual(bytes.subarray(secretBytes), expected);
}

function mask(secret: string, pool: RandomPool): string {
  const bytes = Buffer.allocUnsafe(2 * secretBytes);
  pool.take(secretBytes).copy(bytes);
  bytes.write(secret, secretBytes, "base64url");
  toggleMask(bytes);
  return bytes.toString("base64url");
}

/** Puts the mask, the first half, on the secret, the second, or takes it off. */
function toggleMask(bytes: Buffer): void {
  for (let index = 0; index < secretBytes; index++) {
    bytes[secretBytes + index] = (bytes[secretBytes + index] ?? 0) ^ (bytes[index] ?? 0);
  }
}

function sessionSecret(conn: Conn): string {
  const present = conn.session.get(forgerySecretKey);
  if (typeof present === "string") return present;
  const secret = randomPool(conn.config).text(secretBytes);
  conn.session.put(forgerySecretKey, secret);
  return secret;
}

/** The token of a conn, made once per response: a page with ten forms says the same ten times. */
const tokens = new WeakMap<Conn, { readonly secret: string; readonly token: string }>();

const pools = new WeakMap<ServerConfig, RandomPool>();

function randomPool(config: ServerConfig): RandomPool {
  let pool = pools.get(config);
  if (pool === undefined) {
    pool = new RandomPool();
    pools.set(config, pool);
  }
  return pool;
}
