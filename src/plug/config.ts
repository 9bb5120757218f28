import type { SessionOptions } from "./session/session-options.ts";
import type { Secrets } from "./token/token-keys.ts";

/**
 * What every request needs to know about the server it reached. Made once, by the endpoint, and never changed:
 * derived keys are cached by the identity of this object.
 */
export interface ServerConfig extends Secrets {
  readonly environment: "development" | "production" | "test";
  /** How the outside reaches the server, which behind a proxy differs from where it listens. */
  readonly url: { readonly scheme: "http" | "https"; readonly host: string; readonly port: number };
  /** The largest request body that is read, in bytes. */
  readonly maxBodyBytes: number;
  /** How sessions are kept, for those who give no options of their own: pages and sockets must agree on it. */
  readonly session?: SessionOptions;
  /** Aborted when the server begins to stop: the moment for answers without an end, as server-sent events, to end. */
  readonly draining?: AbortSignal;
  /** The application's own pages of errors; what they are is known to the controller room, which shows them. */
  readonly errors?: object;
}
