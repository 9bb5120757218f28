import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";

/** The secrets that keys are derived from. */
export interface Secrets {
  /** At least 32 characters, best 64 random ones. Signs and encrypts, verifies and decrypts. */
  readonly secretKeyBase: string;
  /** What `secretKeyBase` was before it was replaced, the latest first: these only verify and decrypt. */
  readonly previousSecretKeyBases?: readonly string[];
}

/** What a key is for. A key of one purpose never does the work of the other. */
export type KeyPurpose = "sign" | "encrypt";

/** The keys of a salt: the one that makes tokens first, then those that still read them. */
export type TokenKeys = readonly [present: KeyObject, ...previous: KeyObject[]];

/**
 * Derives the keys of a salt with HKDF (RFC 5869), once for each object of secrets: it costs ten times a signature.
 *
 * @throws if a secret is too short to be one.
 */
export function tokenKeys(secrets: Secrets, purpose: KeyPurpose, salt: string): TokenKeys {
  let cache = derivedKeys.get(secrets);
  if (cache === undefined) {
    cache = { sign: new Map(), encrypt: new Map() };
    derivedKeys.set(secrets, cache);
  }
  let keys = cache[purpose].get(salt);
  if (keys === undefined) {
    const { secretKeyBase, previousSecretKeyBases = [] } = secrets;
    keys = [
      deriveKey(secretKeyBase, purpose, salt),
      ...previousSecretKeyBases.map((secret) => deriveKey(secret, purpose, salt)),
    ];
    // Salts are constants of the code; should somebody make them of input, the cache must not grow with it.
    if (cache[purpose].size < 256) cache[purpose].set(salt, keys);
  }
  return keys;
}

const derivedKeys = new WeakMap<Secrets, Record<KeyPurpose, Map<string, TokenKeys>>>();

/** HKDF's salt, which keeps the purposes apart whatever the salts of the application are. */
const domains: Readonly<Record<KeyPurpose, string>> = { sign: "anqa", encrypt: "anqa encrypted" };

function deriveKey(secretKeyBase: string, purpose: KeyPurpose, salt: string): KeyObject {
  if (secretKeyBase.length < 32) {
    throw new Error(
      `secretKeyBase has ${secretKeyBase.length} characters, which is too few to sign with: give it at least 32, ` +
        "best 64 random ones, such as node -p \"crypto.randomBytes(48).toString('base64url')\" prints",
    );
  }
  return createSecretKey(Buffer.from(hkdfSync("sha256", secretKeyBase, domains[purpose], salt, 32)));
}
