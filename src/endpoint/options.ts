import type { ErrorViews } from "../controller/index.ts";
import type { Plug, SessionOptions, StaticFiles } from "../plug/index.ts";
import type { Router } from "../router/index.ts";
import type { HttpsOptions } from "./https-options.ts";
import type { Limits } from "./limits.ts";
import type { LogSetting } from "./logger.ts";
import type { SocketMount } from "./socket-mount.ts";

/** What `endpoint` can be told. Only the router is needed. */
export interface EndpointOptions {
  readonly router: Router;
  /**
   * What every request passes before files and the router, those for nothing included:
   * `[trustProxy(["private"]), forceSsl(), parseBody(), methodOverride()]`. Upgrades to sockets do not pass it.
   */
  readonly plugs?: readonly Plug[];
  /** Socket mounts by path: `{ "/live": liveSocket() }` answers `/live/websocket`. */
  readonly sockets?: Readonly<Record<string, SocketMount>>;
  /** Port to listen on; 0 takes any free one. Default: the variable `PORT`, else 4000, in test 0. */
  readonly port?: number;
  /**
   * Address to listen on. Default `0.0.0.0` in production, else `127.0.0.1`: this machine only. `::` is every address
   * of both kinds, IPv6 and IPv4.
   */
  readonly host?: string;
  /**
   * Listens at a Unix socket instead of a port, for a proxy on the same machine: `/run/shop/http.sock`. It speaks
   * plain HTTP, and every request comes from the address `""`.
   */
  readonly socketPath?: string;
  /** Who may connect to the Unix socket, as `chmod` takes it. Default `0o660`: the user and the group of the server. */
  readonly socketMode?: number;
  /** Speaks HTTPS with this certificate, HTTP/2 and HTTP/1.1, in place of plain HTTP. */
  readonly https?: HttpsOptions;
  /**
   * Further places to listen at for plain HTTP, beside the one above: `{ port: 80 }` for a redirect to HTTPS, or
   * another address, or a Unix socket.
   */
  readonly http?: HttpPlace | readonly HttpPlace[];
  /**
   * The secret that all signatures derive from, 32 characters at least. Default: the variable
   * `SECRET_KEY_BASE`. Without it production does not start, development keeps one in
   * `.anqa/secret_key_base`, and test makes a new one.
   */
  readonly secretKeyBase?: string;
  /**
   * What `secretKeyBase` was before it was replaced, the latest first. Tokens and sessions that these made are still
   * accepted, and sessions in use are made anew with the present one: take a secret out once what it made is too old anyway.
   */
  readonly previousSecretKeyBases?: readonly string[];
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
  /** What a client may ask of the server, in time and in size. */
  readonly limits?: Limits;
  /** The pages and the JSON of errors, in place of the framework's own. */
  readonly errors?: ErrorViews;
  /** How sessions are kept, for pages and sockets: signed or encrypted in their cookie, or in a store; its age and flags. */
  readonly session?: SessionOptions;
  /** The least severe log lines to write, or `silent`. Default `info`, in test `warn`. */
  readonly log?: LogSetting;
  /**
   * Words that keys of params contain whose values are not logged, beside `password`, `token` and `secret`:
   * `["iban"]`. Params are logged at the level `debug` only.
   */
  readonly filterParameters?: readonly string[];
  /** Milliseconds that running requests and sockets get to end when the endpoint stops. Default 10,000. */
  readonly drainTimeout?: number;
}

/** A further place to listen at: a port, or a Unix socket. */
export type HttpPlace =
  | { readonly port: number; readonly host?: string }
  | { readonly socketPath: string; readonly socketMode?: number };
