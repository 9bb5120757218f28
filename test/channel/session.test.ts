/** Sockets see the session of the page, however sessions are kept. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { WebSocket } from "ws";
import { connectRefused } from "../../src/channel/events.ts";
import { type ConnectResult, socket } from "../../src/channel/index.ts";
import { text } from "../../src/controller/index.ts";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import type { SessionStore } from "../../src/plug/index.ts";
import { fetchSession, memorySessionStore, type SessionData, type SessionOptions } from "../../src/plug/index.ts";
import { application } from "../../src/process/index.ts";
import { repo, repoSessionStore, sessionsMigration } from "../../src/repo/index.ts";
import { router } from "../../src/router/index.ts";

const Repo = repo({ database: ":memory:", migrations: { "001_sessions": sessionsMigration() } });

async function start(context: TestContext, session: SessionOptions) {
  const seen: (SessionData | null)[] = [];
  const connect = (info: { session: SessionData | null }): ConnectResult => {
    seen.push(info.session);
    return info.session?.user === undefined ? false : {};
  };
  const running = await application({
    children: [
      Repo,
      endpoint({
        router: router({})
          .pipeline("browser", [fetchSession()])
          .scope({ through: "browser" }, (scope) =>
            scope.get("/login/:name", (conn, { name }) => {
              conn.session.put("user", name);
              text(conn, "hello");
            }),
          ),
        sockets: { "/socket": socket().connect(connect) },
        environment: "test",
        host: "127.0.0.1",
        port: 0,
        log: "silent",
        session,
      }),
    ],
  }).start();
  context.after(() => running.stop());
  const { port } = endpointOf(running.node).address;
  const logIn = async (name: string) => {
    const [cookie = ""] = (await fetch(`http://127.0.0.1:${port}/login/${name}`)).headers.getSetCookie();
    return cookie.slice(0, cookie.indexOf(";"));
  };
  /** Resolves with 101 if the socket opens, else with the status of the refusal. */
  const open = async (cookie?: string): Promise<number> => {
    const headers = cookie === undefined ? {} : { cookie };
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}/socket/websocket?vsn=2.0.0`, { headers });
    context.after(() => webSocket.terminate());
    const refused = once(webSocket, "unexpected-response").then(([, response]) => response.statusCode as number);
    webSocket.on("error", () => {});
    return Promise.race([once(webSocket, "open").then(() => 101), refused]);
  };
  return { running, seen, logIn, open };
}

const kinds: readonly { readonly name: string; readonly options: SessionOptions }[] = [
  { name: "in a signed cookie", options: {} },
  { name: "in an encrypted cookie", options: { encrypt: true, name: "_secret" } },
  { name: "in memory", options: { store: memorySessionStore() } },
  { name: "in a repo", options: { store: repoSessionStore(Repo) } },
];

for (const { name, options } of kinds) {
  test(`a session ${name} is what connect is given`, async (context) => {
    const { seen, logIn, open } = await start(context, options);
    assert.equal(await open(await logIn("ann")), 101);
    assert.equal(await open(), 403);
    assert.equal(await open(`${options.name ?? "_anqa_key"}=${"A".repeat(43)}`), 403);
    assert.deepEqual(seen, [{ user: "ann" }, null, null]);
  });
}

/** A store whose `get` is what the test says. */
function storeThat(get: SessionStore["get"]): SessionStore {
  return { get, put: async () => {}, delete: async () => {} };
}

test("a store that fails refuses the socket with status 503, and says why", async (context) => {
  const store = storeThat(async () => {
    throw new Error("broken on purpose");
  });
  const { logIn, open, seen } = await start(context, { store });
  const reasons: string[] = [];
  context.after(connectRefused.attach(({ reason, status }) => reasons.push(`${status} ${reason}`)));
  assert.equal(await open(await logIn("ann")), 503);
  assert.equal(await open(), 403, "without a cookie nothing is asked");
  assert.match(reasons[0] ?? "", /^503 connect failed: .*session could not be read.*broken on purpose/);
  assert.deepEqual(seen, [null]);
});

test("a store that is slow keeps one socket waiting, not the others", async (context) => {
  const answer = Promise.withResolvers<SessionData>();
  const asked = Promise.withResolvers<void>();
  const store = storeThat(() => {
    asked.resolve();
    return answer.promise;
  });
  const { logIn, open, seen } = await start(context, { store });
  const opening = open(await logIn("ann"));
  await asked.promise;
  assert.equal(await open(), 403);
  answer.resolve({ user: "ann" });
  assert.equal(await opening, 101);
  assert.deepEqual(seen, [null, { user: "ann" }]);
});

test("a socket that waits for its session when the server stops is not let in", async (context) => {
  const answer = Promise.withResolvers<SessionData>();
  const asked = Promise.withResolvers<void>();
  const store = storeThat(() => {
    asked.resolve();
    return answer.promise;
  });
  const { running, logIn, open } = await start(context, { store });
  const opening = open(await logIn("ann"));
  await asked.promise;
  const stopped = running.stop();
  answer.resolve({ user: "ann" });
  assert.notEqual(await opening.catch(() => 0), 101);
  await stopped;
});
