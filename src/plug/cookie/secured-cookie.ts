import { decryptToken, encryptToken, signToken, type TokenSource, verifyToken } from "../token.ts";
import type { CookieOptions } from "./cookie-header.ts";

/** How a cookie is kept whose value strangers cannot change, or not even read. It is one of the two. */
export type SecuredCookieOptions = CookieOptions &
  (
    | { /** The visitor can read the value, but not change it. */ readonly sign: true; readonly encrypt?: never }
    | { /** The visitor can neither read nor change the value. */ readonly encrypt: true; readonly sign?: never }
  );

/**
 * The text of a secured cookie. It holds its own time of expiry, so that a copy that somebody kept ends with the
 * cookie: after `maxAge` seconds, or after a day.
 *
 * @throws if both are asked for.
 */
export function securedValue(
  source: TokenSource,
  name: string,
  value: unknown,
  { sign, encrypt, maxAge }: SecuredCookieOptions,
): string {
  if (sign === true && (encrypt as boolean | undefined) === true) {
    throw new Error(`the cookie "${name}" is to be signed and encrypted: what is encrypted cannot be changed either`);
  }
  const lifetime = maxAge === undefined ? undefined : { maxAge };
  return sign === true
    ? signToken(source, signedSalt(name), value, lifetime)
    : encryptToken(source, encryptedSalt(name), value, lifetime);
}

/** What {@link securedValue} signed, or undefined. */
export function readSignedCookie(source: TokenSource, name: string, text: string | undefined): unknown {
  if (!text) return undefined;
  const verified = verifyToken(source, signedSalt(name), text);
  return verified.ok ? verified.data : undefined;
}

/** What {@link securedValue} encrypted, or undefined. */
export function readEncryptedCookie(source: TokenSource, name: string, text: string | undefined): unknown {
  if (!text) return undefined;
  const decrypted = decryptToken(source, encryptedSalt(name), text);
  return decrypted.ok ? decrypted.data : undefined;
}

/** The name is part of the salt: the value of one cookie is worthless in another. */
function signedSalt(name: string): string {
  return `anqa signed cookie ${name}`;
}

function encryptedSalt(name: string): string {
  return `anqa encrypted cookie ${name}`;
}
