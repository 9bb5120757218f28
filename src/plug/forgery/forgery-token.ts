import { createHmac, timingSafeEqual } from "node:crypto";
import type { Conn } from "../conn.ts";
import { type RandomPool, randomPool } from "../random-pool.ts";
import { forgerySecretKey, type SessionData } from "../session.ts";

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
  const cached = conn.getPrivate(cachedToken) as CachedToken | undefined;
  // A renewed or cleared session has a new secret, which a token made before would not fit.
  if (cached?.secret === secret) return cached.token;
  const token = mask(Buffer.from(secret, "base64url"), randomPool(conn.config));
  conn.putPrivate(cachedToken, { secret, token } satisfies CachedToken);
  return token;
}

/**
 * The CSRF token for a form that is sent to a URL which may be another host's: one that shares the session's cookie and
 * its secret. If the URL names a host, the token is good there and nowhere else, so that who runs that host cannot use it
 * against this one.
 *
 * @param url where the form goes: a path, or a whole URL.
 * @throws unless `fetchSession()` ran.
 *
 * @example
 * html`<input type="hidden" name="_csrf_token" value="${csrfTokenFor(conn, "https://billing.example.com/pay")}">`
 */
export function csrfTokenFor(conn: Conn, url: string): string {
  // Browsers read "//host" and "/\\host" as another host, too.
  const host = URL.parse(url, nowhere)?.hostname;
  if (!host || host === nowhereHost) return csrfToken(conn);
  return mask(secretOfHost(Buffer.from(sessionSecret(conn), "base64url"), host), randomPool(conn.config));
}

/**
 * Makes the tokens of all forms that were rendered before worthless. **Call it whenever someone logs in**, unless you call
 * `conn.session.renew()`, which does the same: a token that was known before must not be good afterwards.
 *
 * @throws unless `fetchSession()` ran.
 */
export function deleteCsrfToken(conn: Conn): void {
  conn.session.delete(forgerySecretKey);
}

/**
 * Whether a masked token was made for this session. Takes what strangers send; compares in constant time.
 *
 * @param hosts at which the token is used: those made by {@link csrfTokenFor} for one of them are good too.
 */
export function validCsrfToken(session: SessionData, token: string, hosts: readonly string[] = []): boolean {
  const text = Object.hasOwn(session, forgerySecretKey) ? session[forgerySecretKey] : undefined;
  if (typeof text !== "string" || typeof token !== "string" || token.length !== tokenLength) return false;
  const bytes = Buffer.from(token, "base64url");
  const secret = Buffer.from(text, "base64url");
  if (bytes.length !== 2 * secretBytes || secret.length !== secretBytes) return false;
  toggleMask(bytes);
  const given = bytes.subarray(secretBytes);
  return timingSafeEqual(given, secret) || hosts.some((host) => timingSafeEqual(given, secretOfHost(secret, host)));
}

interface CachedToken {
  readonly secret: string;
  readonly token: string;
}

/** The token of a conn, made once per response: a page with ten forms says the same ten times. */
const cachedToken = Symbol("CSRF token");

/** A host that no URL names (RFC 2606). */
const nowhereHost = "nowhere.invalid";
const nowhere = `http://${nowhereHost}`;

/** What follows from the secret for one host, and does not lead back to it. */
function secretOfHost(secret: Buffer, host: string): Buffer {
  return createHmac("sha256", secret).update(host).digest().subarray(0, secretBytes);
}

function mask(secret: Buffer, pool: RandomPool): string {
  const bytes = Buffer.allocUnsafe(2 * secretBytes);
  pool.take(secretBytes).copy(bytes);
  secret.copy(bytes, secretBytes);
  toggleMask(bytes);
  return bytes.toString("base64url");
}

/** Puts the mask, the first half, on the secret, the second, or takes it off. */
function toggleMask(bytes: Buffer): void {
  for (let index = 0; index < secretBytes; index++) {
    bytes[secretBytes + index] = (bytes[secretBytes + index] ?? 0) ^ (bytes[index] ?? 0);
  }
}

/** Of any other text the mask would cover less than {@link secretBytes}. */
const wellFormed = /^[\w-]{24}$/;

function sessionSecret(conn: Conn): string {
  const present = conn.session.get(forgerySecretKey);
  if (typeof present === "string" && wellFormed.test(present)) return present;
  const secret = randomPool(conn.config).text(secretBytes);
  conn.session.put(forgerySecretKey, secret);
  return secret;
}
