import { createHash } from "node:crypto";
import { type Node, toError } from "../process/index.ts";
import { clientNetwork } from "./address/ip-address.ts";
import type { Conn } from "./conn.ts";
import { rateLimitExceeded, rateLimitFailed } from "./events.ts";
import { HttpError } from "./http-error.ts";
import type { Plug } from "./plug.ts";
import { memoryRateLimitStore, type RateLimitPolicy, type RateLimitStore } from "./rate-limit/rate-limit-store.ts";
import type { Taken } from "./rate-limit/sliding-window.ts";

/** How many requests {@link rateLimit} lets through, and whose. */
export interface RateLimitOptions {
  /** Requests of one key in any span of this many seconds. */
  readonly limit: number;
  /** The length of the window; a fraction is possible. */
  readonly seconds: number;
  /**
   * Whose quota a request takes from; undefined lets it through uncounted. Absent, it is the client's address, of IPv6
   * the /64 network. Behind a proxy that is the proxy's, unless `trustProxy()` stands before.
   */
  readonly by?: (conn: Conn) => string | undefined;
  /** Names the limit in headers and reports: a word such as `login`; `default` if absent. */
  readonly name?: string;
  /** Where the counters are; absent, in the memory of the node, for this plug alone. */
  readonly store?: RateLimitStore;
  /** Answers with 503 while the store fails. Absent, requests are let through then; either way it is reported. */
  readonly failClosed?: boolean;
}

/**
 * Refuses a client's requests with 429 while it has made too many.
 *
 * It counts in a sliding window: in no span of the given seconds more than `limit` requests of one key pass. Counters
 * are kept in tenths of the window, so that one that passed may count up to a tenth longer; those refused do not count.
 *
 * Each response says how much is left, in `ratelimit-policy` and `ratelimit` (draft-ietf-httpapi-ratelimit-headers-10);
 * a refusal says in `retry-after` when to try again, and executes the telemetry event `anqa.plug.rate_limit.exceeded`.
 *
 * @throws at start for a limit that cannot be counted; per request HttpError 429, or 503 as `failClosed` says.
 *
 * @example
 * pipeline("login", [rateLimit({ name: "login", limit: 10, seconds: 60 })])
 *
 * @example
 * rateLimit({ limit: 1_000, seconds: 3_600, by: (conn) => conn.requestHeader("x-api-key") ?? conn.remoteAddress })
 */
export function rateLimit(options: RateLimitOptions): Plug {
  const { by = clientOf, failClosed = false } = options;
  const policy = policyOf(options);
  const { name } = policy;
  const seconds = Math.ceil(options.seconds);
  const policyHeader = `"${name}";q=${policy.limit};w=${seconds}`;
  const prefix = `${name}/${policy.limit}/${options.seconds}:`;
  const storeOf = options.store === undefined ? storePerNode() : () => options.store as RateLimitStore;

  function settle(conn: Conn, key: string, { allowed, remaining, resetMilliseconds }: Taken): void {
    const reset = Math.max(1, Math.ceil(resetMilliseconds / 1000));
    // Several limits on the way of one request are a list (RFC 9651, section 3.1).
    conn.appendHeader("ratelimit-policy", policyHeader);
    conn.appendHeader("ratelimit", `"${name}";r=${Math.max(0, remaining)};t=${reset}`);
    if (allowed) return;
    conn.setHeader("retry-after", String(reset));
    const { node, method, path, remoteAddress } = conn;
    const retryAfterSeconds = reset;
    rateLimitExceeded.execute({ node: node.name, method, path, remoteAddress, policy: name, key, retryAfterSeconds });
    throw new HttpError(
      429,
      `${method} ${path} was refused: ${JSON.stringify(key.slice(0, 80))} made more than ${policy.limit} requests in ${options.seconds} s ` +
        `(the limit "${name}"), and may go on in ${reset} s`,
    );
  }

  function failed(conn: Conn, thrown: unknown): void {
    const error = toError(thrown);
    rateLimitFailed.execute({ node: conn.node.name, policy: name, refused: failClosed, error });
    if (!failClosed) return;
    throw new HttpError(503, `the store of the rate limit "${name}" failed: ${error.message}`, { cause: error });
  }

  return (conn) => {
    const key = by(conn);
    if (key === undefined) return;
    let taken: Taken | Promise<Taken>;
    try {
      taken = storeOf(conn.node).take(shortened(prefix + key), policy);
    } catch (error) {
      failed(conn, error);
      return;
    }
    if (!(taken instanceof Promise)) {
      settle(conn, key, taken);
      return;
    }
    return taken.then(
      (outcome) => settle(conn, key, outcome),
      (error) => failed(conn, error),
    );
  };
}

function clientOf(conn: Conn): string {
  return clientNetwork(conn.remoteAddress);
}

function policyOf({ limit, seconds, name = "default" }: RateLimitOptions): RateLimitPolicy {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new Error(`rateLimit(): limit is ${limit}, and has to be a whole number of at least 1`);
  }
  if (!Number.isFinite(seconds) || seconds <= 0) {
    throw new Error(`rateLimit(): seconds is ${seconds}, and has to be a number above 0`);
  }
  if (!/^[a-z][\w-]{0,39}$/i.test(name)) {
    throw new Error(`rateLimit(): the name ${JSON.stringify(name)} has to be one word of at most 40 ASCII characters`);
  }
  return Object.freeze({ name, limit, windowMilliseconds: seconds * 1000 });
}

/** Several nodes in one program have nothing to do with each other. */
function storePerNode(): (node: Node) => RateLimitStore {
  const stores = new WeakMap<Node, RateLimitStore>();
  return (node) => {
    let store = stores.get(node);
    if (store === undefined) {
      store = memoryRateLimitStore();
      stores.set(node, store);
    }
    return store;
  };
}

const longestKey = 128;

/** Keys may be what strangers send: a long one must not cost more memory than a short one. */
function shortened(key: string): string {
  return key.length <= longestKey ? key : createHash("sha256").update(key).digest("base64url");
}
