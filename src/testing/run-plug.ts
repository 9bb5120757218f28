import { fetchFlash, putFlash } from "../controller/index.ts";
import { Conn, compilePipeline, type Plug, type ServerConfig, Session, type SessionData } from "../plug/index.ts";
import { createNode, type Node } from "../process/index.ts";
import { type ConnOptions, firstRequest, hostHeader } from "./conn.ts";
import { exchange } from "./exchange.ts";
import { handleAlone, type Surroundings } from "./handle-alone.ts";
import { nextAfter } from "./recycle.ts";
import type { RequestBody } from "./request-body.ts";
import { plainRequest, sentRequest } from "./sent-request.ts";
import { asJson } from "./session.ts";
import { TestConn } from "./test-conn.ts";

/** What a conn for unit tests is like. */
export interface TestConnOptions extends Omit<ConnOptions, "csrfToken"> {
  /** Default `GET`. */
  readonly method?: string;
  /** Path and query, or a whole URL. Default `/`. */
  readonly path?: string;
  /** Provides a session with these values, as `fetchSession()` would have. */
  readonly session?: SessionData;
  /** Provides a flash with these messages, as `fetchFlash()` would have; and a session. */
  readonly flash?: Readonly<Record<string, string>>;
  readonly assigns?: Readonly<Record<string, unknown>>;
  readonly pathParams?: Readonly<Record<string, string>>;
  /** What differs from the configuration of an endpoint in the environment `test`. */
  readonly config?: Partial<ServerConfig>;
  /** The node that plugs find services on. Default: a new one, which has none. */
  readonly node?: Node;
}

/**
 * A conn that came from nowhere, for tests of functions that take one. What is sent over it can be seen by `runPlug` only.
 *
 * @example
 * assert.equal(localeOf(testConn({ headers: { "accept-language": "de" } })), "de");
 */
export function testConn(options: TestConnOptions = {}): Conn {
  const { node, config } = surroundingsOf(options);
  const { method = "GET", path = "/" } = options;
  let made: Conn | undefined;
  const request = plainRequest(nextOf(options, config), method.toUpperCase(), path);
  // Nobody may ever answer it, and nobody waits.
  exchange(request, (incoming, response) => {
    made = new Conn(node, config, incoming, response);
  }).catch(() => {});
  prepare(made as Conn, options);
  return made as Conn;
}

/**
 * Runs a plug, or several in their order, for one request, with nothing else around them.
 *
 * @returns what became of it: `halted`, `assigns`, `served` and, if a plug answered, the answer. Nothing is sent where no
 * plug does, so `beforeSend` callbacks do not run then: add one that answers, `(conn) => conn.send(200, "")`.
 * @throws (rejects) what a plug throws, as it is: there is no error page.
 * @example
 * const page = await runPlug(requireUser, { session: {} });
 * assert.equal(redirectedTo(page), routes.login());
 * assert.ok(page.halted);
 * @example
 * await assert.rejects(runPlug(parseBody(), { method: "POST", body: jsonBody(null), config: { maxBodyBytes: 1 } }), { status: 413 });
 */
export async function runPlug(
  plug: Plug | readonly Plug[],
  options: TestConnOptions & { readonly body?: RequestBody } = {},
): Promise<TestConn> {
  const surroundings = surroundingsOf(options);
  const { method = "GET", path = "/", body } = options;
  const next = nextOf(options, surroundings.config);
  const request = await sentRequest(next, method.toUpperCase(), path, body);
  const pipeline = typeof plug === "function" ? plug : compilePipeline(plug);
  const outcome = await handleAlone(surroundings, request, (conn) => prepare(conn, options), pipeline);
  return new TestConn(undefined, nextAfter(next, outcome), outcome);
}

function surroundingsOf({ node = createNode("test"), config = {} }: TestConnOptions): Surroundings {
  return { node, config: { ...usualConfig, ...config } };
}

const usualConfig: ServerConfig = {
  environment: "test",
  secretKeyBase: "what signs in unit tests, where nothing has to be kept from anybody",
  url: { scheme: "http", host: "localhost", port: 80 },
  maxBodyBytes: 8_000_000,
};

function nextOf(options: TestConnOptions, { url }: ServerConfig) {
  return firstRequest(options, { https: url.scheme === "https", host: hostHeader(url) });
}

function prepare(conn: Conn, { session, flash, assigns = {}, pathParams }: TestConnOptions): void {
  conn.assign(assigns);
  if (pathParams !== undefined) conn.pathParams = { ...pathParams };
  if (session !== undefined || flash !== undefined) conn.installSession(new Session(asJson(session ?? {})));
  if (flash === undefined) return;
  void fetchFlash()(conn);
  for (const [kind, message] of Object.entries(flash)) putFlash(conn, kind, message);
}
