/**
 * What every request needs to know about the server it reached. Made once, by the endpoint, and never changed:
 * derived keys are cached by the identity of this object.
 */
export interface ServerConfig {
  readonly environment: "development" | "production" | "test";
  /** The secret that all signing keys are derived from: at least 32 characters, best 64 random ones. */
  readonly secretKeyBase: string;
  /** How the outside reaches the server, which behind a proxy differs from where it listens. */
  readonly url: { readonly scheme: "http" | "https"; readonly host: string; readonly port: number };
  /** The largest request body that is read, in bytes. */
  readonly maxBodyBytes: number;
  /** How sessions are kept, for those who give no options of their own: pages and sockets must agree on it. */
  readonly session?: SessionOptions;
}

/** How a session is kept in its cookie. */
export interface SessionOptions {
  /** The cookie's name; `_anqa_key` if absent. */
  readonly name?: string;
  /**
   * Seconds after which a session that was not written again is over, in the browser and on the server.
   * Absent, it ends with the browser.
   */
  readonly maxAge?: number;
  /** When a browser sends the cookie along with requests from other sites; `lax` if absent. */
  readonly sameSite?: "strict" | "lax" | "none";
  /** The domain whose subdomains share the session; absent, it belongs to the host alone. */
  readonly domain?: string;
}
