/**
 * What a client may ask of a server, in time and in size. Each limit has a default that is safe for a server on the
 * open network, and each is answered with its own status.
 */
export interface Limits {
  /** Milliseconds within which the head of a request must have arrived (408). Default 20,000; `false` for no end. */
  readonly headersTimeout?: number | false;
  /**
   * Milliseconds within which a whole request must have arrived, its body included (408). Default 300,000: a large
   * upload on a slow line; `false` for no end.
   */
  readonly requestTimeout?: number | false;
  /**
   * Milliseconds that nothing may move on a connection which waits for its next request, or whose client does not
   * read what it is sent; then it is closed. Default 65,000: more than the 60 s of common load balancers, which must
   * be the ones to close. `false` for no end.
   */
  readonly idleTimeout?: number | false;
  /** Longest target of a request, path and query, in bytes (414). Default 8,192. */
  readonly maxUrlBytes?: number;
  /** Largest head of a request, its target included, in bytes (431). Default 16,384; cookies are what makes it large. */
  readonly maxHeaderBytes?: number;
  /** Header lines that a request may have (431). Default 100. */
  readonly maxHeaders?: number;
  /** Requests on one connection, after which it is closed and the client opens another. Default: no limit. */
  readonly maxRequestsPerConnection?: number;
  /** Connections that the endpoint holds at a time; one more is answered with 503. Default: no limit. */
  readonly maxConnections?: number;
  /** Requests that one HTTP/2 connection may have open at a time. Default 100. */
  readonly maxStreams?: number;
}

/** The limits with everything decided; a time-out of 0 never ends, a count of Infinity is none. */
export type DecidedLimits = { readonly [Name in keyof Limits]-?: number };

const timeouts = { headersTimeout: 20_000, requestTimeout: 300_000, idleTimeout: 65_000 } as const;
const sizes = {
  maxUrlBytes: 8_192,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
  maxRequestsPerConnection: Number.POSITIVE_INFINITY,
  maxConnections: Number.POSITIVE_INFINITY,
  maxStreams: 100,
} as const;

/**
 * Fills in the defaults.
 *
 * @throws one sentence on the first value that is no limit.
 */
export function decideLimits(limits: Limits = {}): DecidedLimits {
  const decided = { ...timeouts, ...sizes } as Record<keyof Limits, number>;
  for (const [name, value] of Object.entries(limits) as [keyof Limits, number | false | undefined][]) {
    if (!(name in decided)) throw new Error(`the endpoint's option limits has no ${JSON.stringify(name)}`);
    if (value === undefined) continue;
    if (value === false && name in timeouts) decided[name] = 0;
    else if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) decided[name] = value;
    else throw new Error(`the endpoint's option limits.${name} is ${value}: it must be ${kindOf(name)}`);
  }
  // Node wants it so: the head is a part of the request.
  if (decided.requestTimeout > 0 && !(decided.headersTimeout > 0 && decided.headersTimeout <= decided.requestTimeout)) {
    decided.headersTimeout = decided.requestTimeout;
  }
  return decided;
}

function kindOf(name: keyof Limits): string {
  return name in timeouts ? "a whole number of milliseconds above 0, or false" : "a whole number above 0";
}
