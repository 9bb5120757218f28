import { constants } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions, type TlsOptions } from "node:tls";
import { toError } from "../process/index.ts";

/** A PEM text, or the file that holds it: a `file:` URL, or a path from the current directory. */
export type PemSource = string | Buffer | URL;

/** What makes an endpoint speak HTTPS: HTTP/2 to clients that know it, HTTP/1.1 to all others. */
export interface HttpsOptions {
  /** The private key. */
  readonly key: PemSource;
  /** The certificate, followed by those between it and its root. */
  readonly cert: PemSource;
  /** Authorities that are trusted instead of the well-known ones, for servers that ask clients for a certificate. */
  readonly ca?: PemSource | readonly PemSource[];
  /** The pass phrase of an encrypted key. */
  readonly passphrase?: string;
  /** Anything else that `node:tls` can be told: `{ minVersion: "TLSv1.3", requestCert: true }`. */
  readonly tls?: TlsOptions;
}

/**
 * Reads key and certificate, from their files if they are in files. Called at start, and again when they are to be
 * renewed.
 *
 * @throws one sentence if a file cannot be read, is no PEM, or if key and certificate do not belong together.
 */
export function secureContextOptions({ key, cert, ca, passphrase, tls }: HttpsOptions): SecureContextOptions {
  const options: SecureContextOptions = {
    ...tls,
    key: read(key, "key"),
    cert: read(cert, "cert"),
    ...(ca === undefined ? {} : { ca: [ca].flat().map((source) => read(source as PemSource, "ca")) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    // A client that renegotiates makes the server work for nothing, and HTTP/2 forbids it (RFC 9113, section 9.2.1).
    secureOptions: (tls?.secureOptions ?? 0) | constants.SSL_OP_NO_RENEGOTIATION,
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new Error(
      `the endpoint's option https cannot be used, ${toError(cause).message}: give the private key and the certificate that belongs to it, both as PEM`,
      { cause },
    );
  }
  return options;
}

function read(source: PemSource, name: string): string | Buffer {
  if (Buffer.isBuffer(source)) return source;
  if (typeof source === "string" && source.includes("-----BEGIN ")) return source;
  try {
    return readFileSync(source);
  } catch (cause) {
    // Not the system's own message: it repeats the text, which may be a key that lost its first line.
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`the endpoint's option https.${name} is no PEM, and no file that can be read (${code})`);
  }
}
