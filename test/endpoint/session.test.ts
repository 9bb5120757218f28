/** What an endpoint does with the options of sessions and secrets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointCrash } from "../../src/endpoint/events.ts";
import { logOwnEvents } from "../../src/endpoint/log-lines.ts";
import { startLogger } from "../../src/endpoint/logger.ts";
import { checkPreviousSecrets } from "../../src/endpoint/secret.ts";
import { compilePipeline, fetchSession, memorySessionStore, type SessionStore, Token } from "../../src/plug/index.ts";
import { record, routerOf, startEndpoint } from "./support.ts";

const visit = compilePipeline([
  fetchSession(),
  (conn) => {
    const count = Number(conn.session.get("count") ?? 0) + 1;
    conn.session.put("count", count);
    conn.send(200, String(count));
  },
]);

async function visitorOf(base: string, cookie = "") {
  const response = await fetch(`${base}/`, { headers: { cookie } });
  const [header = ""] = response.headers.getSetCookie();
  return { status: response.status, text: await response.text(), cookie: header.slice(0, header.indexOf(";")) };
}

test("options of sessions that contradict each other keep the endpoint from starting", async () => {
  const session = { encrypt: true, store: memorySessionStore() };
  await assert.rejects(startEndpoint({ session }), /session options of the cookie "_anqa_key".*leave encrypt out/);
});

test("after its secret was replaced an endpoint reads the sessions and tokens of before, and makes its own", async () => {
  const router = routerOf({ "/": visit });
  const old = await startEndpoint({ router, secretKeyBase: "o".repeat(64) });
  const now = await startEndpoint({ router, secretKeyBase: "n".repeat(64), previousSecretKeyBases: ["o".repeat(64)] });
  const later = await startEndpoint({ router, secretKeyBase: "n".repeat(64) });

  const { cookie } = await visitorOf(old.base);
  const second = await visitorOf(now.base, cookie);
  assert.equal(second.text, "2");
  assert.equal((await visitorOf(later.base, second.cookie)).text, "3");
  assert.equal((await visitorOf(later.base, cookie)).text, "1");

  const token = Token.sign(old.endpoint, "reset", 7);
  assert.deepEqual(Token.verify(now.endpoint, "reset", token), { ok: true, data: 7 });
  assert.equal(Token.verify(later.endpoint, "reset", token).ok, false);
  assert.equal(Token.verify(old.endpoint, "reset", Token.sign(now.endpoint, "reset", 7)).ok, false);
});

test("a previous secret that is too short or missing is refused, and not shown", async () => {
  const previousSecretKeyBases = ["hunter2"];
  await assert.rejects(
    startEndpoint({ previousSecretKeyBases }),
    ({ message }: Error) => /previousSecretKeyBases.*7 characters/.test(message) && !message.includes("hunter2"),
  );
  assert.throws(
    () => checkPreviousSecrets([undefined as unknown as string]),
    /0 characters.*leave out what is not set/,
  );
  assert.deepEqual(checkPreviousSecrets(["x".repeat(32)]), ["x".repeat(32)]);
});

test("a session store that fails: status 503, a line in the log, and a server that goes on", async () => {
  let failing = "";
  const failIf = async (method: string) => {
    if (failing === method) throw new Error(`${method} failed on purpose`);
  };
  const inner = memorySessionStore();
  const store = (node: Parameters<typeof inner>[0]): SessionStore => ({
    get: (id) => failIf("get").then(() => inner(node).get(id)),
    put: (id, data, maxAge) => failIf("put").then(() => inner(node).put(id, data, maxAge)),
    delete: (id) => inner(node).delete(id),
  });
  const { base, endpoint } = await startEndpoint({ router: routerOf({ "/": visit }), session: { store } });
  const lines: { level: number; msg: string }[] = [];
  const stop = await startLogger(endpoint.node, "test", "info", { write: (text) => lines.push(JSON.parse(text)) });
  logOwnEvents(endpoint.node);
  const crashes = record(endpointCrash, endpoint.node.name);

  const { cookie } = await visitorOf(base);
  failing = "get";
  assert.equal((await visitorOf(base, cookie)).status, 503);
  assert.match(crashes[0]?.error.message ?? "", /session could not be read.*get failed on purpose/);
  failing = "put";
  assert.equal((await visitorOf(base, cookie)).status, 503);
  failing = "";
  assert.equal((await visitorOf(base, cookie)).text, "2");
  stop();

  const errors = lines.filter(({ level }) => level === 50).map(({ msg }) => msg);
  assert.equal(errors.length, 2);
  assert.match(errors[0] ?? "", /GET \/ failed with 503: the session could not be read/);
  assert.match(errors[1] ?? "", /GET \/ failed with 503: the session could not be written.*put failed on purpose/);
});
