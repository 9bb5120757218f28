import type { SessionOptions } from "../plug/index.ts";
import type { Router } from "../router/index.ts";
import type { LogSetting } from "./logger.ts";
import type { SocketMount } from "./socket-mount.ts";

/** What `endpoint` can be told. Only the router is needed. */
export interface EndpointOptions {
  readonly router: Router;
  /** Socket mounts by path: `{ "/live": liveSocket() }` answers `/live/websocket`. */
  readonly sockets?: Readonly<Record<string, SocketMount>>;
  /** Port to listen on; 0 takes any free one. Default: the variable `PORT`, else 4000, in test 0. */
  readonly port?: number;
  /** Address to listen on. Default `0.0.0.0` in production, else `127.0.0.1`: this machine only. */
  readonly host?: string;
  /**
   * The secret that all signatures derive from, 32 characters at least. Default: the variable
   * `SECRET_KEY_BASE`. Without it production does not start, development keeps one in
   * `.anqa/secret_key_base`, and test makes a new one.
   */
  readonly secretKeyBase?: string;
  /** Default: the variable `NODE_ENV`, else `development`. */
  readonly environment?: "development" | "production" | "test";
  /**
   * Where people reach the application, if that is not where it listens (behind a proxy):
   * `https://chat.example.org`. With `https`, cookies become `Secure`.
   */
  readonly url?: string;
  /**
   * The pages that may open sockets here. `same-host` (default): those of the host of `url` if that is
   * given, else of the host that the request names. A list: `//example.org`, `//*.example.org` (and
   * example.org itself), `https://example.org:8443`; a part left out is not compared.
   * **`false` lets every page of the web open sockets with the cookies of your users.**
   */
  readonly checkOrigin?: "same-host" | false | readonly string[];
  /** Directories of files to serve: `[{ at: "/assets", from: new URL("./assets", import.meta.url) }]`. */
  readonly staticFiles?: readonly StaticFiles[];
  /** Largest request body in bytes. Default 8,000,000. */
  readonly maxBodyBytes?: number;
  /** Name, age and flags of the session cookie. */
  readonly session?: SessionOptions;
  /** The least severe log lines to write, or `silent`. Default `info`, in test `warn`. */
  readonly log?: LogSetting;
  /** Milliseconds that running requests and sockets get to end when the endpoint stops. Default 10,000. */
  readonly drainTimeout?: number;
}

/** A directory whose files are served below a path. Files and folders that begin with a dot are not. */
export interface StaticFiles {
  /** `/assets` serves `<from>/app.css` as `/assets/app.css`; `/` is possible. */
  readonly at: string;
  /** The directory: a `file:` URL, or a path from the current directory. */
  readonly from: URL | string;
}
