/** What every session store promises: the same tests for those that the framework brings. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { memorySessionStore, type SessionStore } from "../../src/plug/index.ts";
import { application, createNode } from "../../src/process/index.ts";
import { repo, repoSessionStore, sessionsMigration } from "../../src/repo/index.ts";

interface Kind {
  readonly name: string;
  open(context: TestContext): Promise<SessionStore>;
}

const kinds: readonly Kind[] = [
  { name: "in memory", open: async () => memorySessionStore()(createNode("store")) },
  {
    name: "in a repo",
    async open(context) {
      const Repo = repo({ database: ":memory:", migrations: { "001_sessions": sessionsMigration() } });
      const running = await application({ children: [Repo] }).start();
      context.after(() => running.stop());
      return repoSessionStore(Repo)(running.node);
    },
  },
];

const hour = 60 * 60;

for (const { name, open } of kinds) {
  test(`${name}: what is put is got, until it is deleted`, async (context) => {
    const store = await open(context);
    assert.equal(await store.get("a"), undefined);
    await store.put("a", { user: 7, tags: ["x", { y: null }] }, hour);
    await store.put("b", {}, hour);
    assert.deepEqual(await store.get("a"), { user: 7, tags: ["x", { y: null }] });
    assert.deepEqual(await store.get("b"), {});
    await store.put("a", { user: 8 }, hour);
    assert.deepEqual(await store.get("a"), { user: 8 });
    await store.delete("a");
    assert.equal(await store.get("a"), undefined);
    assert.deepEqual(await store.get("b"), {});
    await store.delete("never");
  });

  test(`${name}: what one reader changes, the next does not see`, async (context) => {
    const store = await open(context);
    const data = { tags: ["x"] };
    await store.put("a", data, hour);
    data.tags.push("y");
    const read = (await store.get("a")) as { tags: string[] };
    read.tags.push("z");
    assert.deepEqual(await store.get("a"), { tags: ["x"] });
  });

  test(`${name}: a session is forgotten after its time, and an update gives it a new one`, async (context) => {
    context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const store = await open(context);
    await store.put("a", { user: 7 }, 60);
    context.mock.timers.setTime(1_059_999);
    assert.deepEqual(await store.get("a"), { user: 7 });
    assert.equal(await store.update?.("a", (data) => data, 60), true);
    context.mock.timers.setTime(1_119_998);
    assert.deepEqual(await store.get("a"), { user: 7 });
    context.mock.timers.setTime(1_119_999);
    assert.equal(await store.get("a"), undefined);
    assert.equal(await store.update?.("a", (data) => data, 60), false);
    assert.equal(await store.get("a"), undefined);
  });

  test(`${name}: an update makes no session that is not there`, async (context) => {
    const store = await open(context);
    assert.equal(await store.update?.("a", () => ({ user: 7 }), hour), false);
    assert.equal(await store.get("a"), undefined);
  });

  test(`${name}: of updates at the same time none is lost`, async (context) => {
    const store = await open(context);
    await store.put("a", {}, hour);
    const keys = Array.from({ length: 20 }, (_, index) => `key${index}`);
    await Promise.all(keys.map((key) => store.update?.("a", (data) => ({ ...data, [key]: true }), hour)));
    assert.deepEqual(Object.keys((await store.get("a")) ?? {}).sort(), keys.sort());
  });

  test(`${name}: a key that is called __proto__ comes back as a key`, async (context) => {
    const store = await open(context);
    await store.put("a", JSON.parse('{"__proto__":{"admin":true}}') as Record<string, unknown>, hour);
    const data = (await store.get("a")) as { admin?: boolean };
    assert.deepEqual(Object.keys(data), ["__proto__"]);
    assert.equal(data.admin, undefined);
  });
}

test("in memory no more sessions are kept than were asked for: the oldest goes first", async () => {
  const store = memorySessionStore({ maxSessions: 3 })(createNode("store"));
  for (const id of ["a", "b", "c"]) await store.put(id, { id }, hour);
  await store.update?.("a", (data) => data, hour);
  await store.put("d", {}, hour);
  const kept = await Promise.all(["a", "b", "c", "d"].map(async (id) => (await store.get(id)) !== undefined));
  assert.deepEqual(kept, [true, false, true, true]);
});

test("in memory each node has its own sessions, and keeps them", async () => {
  const stores = memorySessionStore();
  const [one, two] = [createNode("one"), createNode("two")];
  await stores(one).put("a", {}, hour);
  assert.deepEqual(await stores(one).get("a"), {});
  assert.equal(await stores(two).get("a"), undefined);
});
