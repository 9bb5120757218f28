import { presentSeconds, withinAge } from "./token/token-age.ts";
import { type OpenedEnvelope, openEnvelope, sealEnvelope } from "./token/token-envelope.ts";
import type { KeyPurpose, Secrets } from "./token/token-keys.ts";

/** Whose secret makes or reads a token: a conn, an endpoint, a config, or any object that holds secrets, and is kept. */
export type TokenSource = Secrets | { readonly config: Secrets };

/** What became of a token that came back. */
export type Verified<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly reason: "invalid" | "expired" };

/** How a token is made. */
export interface TokenOptions {
  /** The age in seconds up to which it is accepted, unless who reads it says otherwise. A day if absent, `Infinity` for ever. */
  readonly maxAge?: number;
  /** When it is made, in seconds since 1970; the present if absent. */
  readonly signedAt?: number;
}

/** How a token is read. */
export interface VerifyOptions {
  /** The age in seconds up to which it is accepted, `Infinity` for ever; absent, what it was made for. */
  readonly maxAge?: number;
  /** The present, in seconds since 1970; the clock's if absent. */
  readonly now?: number;
}

/**
 * Signs data, so that it can be given away and trusted when it comes back. **Signed is not secret**: whoever
 * holds the token can read it; {@link encryptToken} hides it.
 *
 * The token is `payload.mac`: JSON of the data and of the time of signing, and its HMAC-SHA256 under a key
 * that HKDF (RFC 5869) derives from the server's secret and the salt; both base64url.
 *
 * @param source whose secret signs: the conn, the endpoint, or its config.
 * @param salt names what the token is for, as a constant of the code: a token made for one purpose is worthless for another.
 * @param data JSON; undefined counts as null.
 * @throws RangeError if `maxAge` or `signedAt` is no number.
 *
 * @example
 * const token = signToken(conn, "password reset", { userId: 7 }, { maxAge: 15 * 60 });
 */
export function signToken(source: TokenSource, salt: string, data: unknown, options?: TokenOptions): string {
  return seal("sign", source, salt, data, options);
}

/**
 * Reads a token that {@link signToken} made with the same salt, and with the present secret or a previous one.
 * Never throws on what strangers send.
 *
 * @typeParam T what was signed; since only this server signs, it is believed without a look.
 *
 * @example
 * const verified = verifyToken<{ userId: number }>(conn, "password reset", token, { maxAge: 15 * 60 });
 * if (!verified.ok) throw new HttpError(400, `the link is ${verified.reason}`);
 * const { userId } = verified.data;
 */
export function verifyToken<T>(source: TokenSource, salt: string, token: string, options?: VerifyOptions): Verified<T> {
  return accept(openEnvelope(secretsOf(source), "sign", salt, token), options);
}

/**
 * Encrypts data, so that it can be given away, is trusted when it comes back, and is read by nobody in between.
 *
 * The token is base64url of a random nonce, of the JSON of data and time under AES-256-GCM (NIST SP 800-38D), and
 * of its tag. The key is derived from the server's secret and the salt, apart from the one that signs: a signed
 * token does not decrypt, nor an encrypted one verify. **The length is not hidden.**
 *
 * @param source whose secret encrypts: the conn, the endpoint, or its config.
 * @param salt names what the token is for, as a constant of the code: a token made for one purpose is worthless for another.
 * @param data JSON; undefined counts as null.
 * @throws RangeError if `maxAge` or `signedAt` is no number.
 *
 * @example
 * const token = encryptToken(conn, "invitation", { email: "ann@example.com" });
 */
export function encryptToken(source: TokenSource, salt: string, data: unknown, options?: TokenOptions): string {
  return seal("encrypt", source, salt, data, options);
}

/**
 * Reads a token that {@link encryptToken} made with the same salt, and with the present secret or a previous one.
 * Never throws on what strangers send.
 *
 * @typeParam T what was encrypted; since only this server encrypts, it is believed without a look.
 */
export function decryptToken<T>(
  source: TokenSource,
  salt: string,
  token: string,
  options?: VerifyOptions,
): Verified<T> {
  return accept(openEnvelope(secretsOf(source), "encrypt", salt, token), options);
}

/**
 * The four functions under the names that Phoenix gives them.
 *
 * @example
 * const token = Token.sign(conn, "user socket", user.id);
 * const verified = Token.verify<number>(endpoint, "user socket", token, { maxAge: 60 * 60 });
 */
export const Token = Object.freeze({
  sign: signToken,
  verify: verifyToken,
  encrypt: encryptToken,
  decrypt: decryptToken,
});

const oneDay = 24 * 60 * 60;
const invalid = Object.freeze({ ok: false, reason: "invalid" } as const);
const expired = Object.freeze({ ok: false, reason: "expired" } as const);

function secretsOf(source: TokenSource): Secrets {
  return "config" in source ? source.config : source;
}

function seal(
  purpose: KeyPurpose,
  source: TokenSource,
  salt: string,
  data: unknown = null,
  { maxAge, signedAt = presentSeconds() }: TokenOptions = {},
): string {
  if (!Number.isFinite(signedAt)) throw new RangeError(`signedAt is ${signedAt}: give seconds since 1970`);
  // JSON writes null for what is no finite number, which stands for ever here.
  if (maxAge !== undefined && maxAge !== Infinity && !Number.isFinite(maxAge)) {
    throw new RangeError(`maxAge is ${maxAge}: give seconds, or Infinity`);
  }
  const age = maxAge === undefined ? {} : { maxAge };
  return sealEnvelope(secretsOf(source), purpose, salt, { signed: signedAt, data, ...age });
}

function accept<T>(envelope: OpenedEnvelope | undefined, options: VerifyOptions | undefined): Verified<T> {
  if (envelope === undefined) return invalid;
  const { signed, data, maxAge = oneDay } = envelope;
  const age = (options?.now ?? presentSeconds()) - signed;
  return withinAge(age, options?.maxAge ?? maxAge ?? Infinity) ? { ok: true, data: data as T } : expired;
}
