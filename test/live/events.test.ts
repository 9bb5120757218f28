/** Events of the browser, and their answers (PROTOCOL sections 21 to 25). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { eventRefused, eventStop, html, liveView } from "../../src/live/index.ts";
import { processCrash } from "../../src/process/index.ts";
import { Browser, record, serve } from "./support.ts";

const seen: unknown[] = [];

const EchoLive = liveView("echo")
  .mount((_params, _session, socket) => socket.assign({ shown: "", pageTitle: "First" }))
  .event("see", (params) => void seen.push(params))
  .event("show", ({ text }, socket) => socket.assign({ shown: String(text) }))
  .event("slow", async (_params, socket) => {
    await new Promise((resolve) => setImmediate(resolve));
    return socket.assign({ shown: "slow" });
  })
  .event("answer", ({ text }, socket) => socket.assign({ shown: String(text) }).reply({ got: text }))
  .event("answer nothing", (_params, socket) => socket.reply({}))
  .event("push", (_params, socket) => void socket.pushEvent("first", { n: 1 }).pushEvent("second"))
  .event("everything", (_params, socket) =>
    socket.assign({ shown: "all", pageTitle: "Second" }).pushEvent("e", []).reply({ ok: true }),
  )
  .event("checked", z.object({ age: z.coerce.number().min(1) }), ({ age }, socket) =>
    socket.assign({ shown: String(age) }),
  )
  .event("text", z.string(), (text, socket) => socket.assign({ shown: text }))
  .event("later", z.object({ name: z.string().refine(async (name) => name !== "taken") }), ({ name }, socket) =>
    socket.assign({ shown: name }),
  )
  .event("flash", (_params, socket) => socket.putFlash("info", "Saved").putFlash("error", "Not quite"))
  .event("crash", () => {
    throw new Error("handler failed");
  })
  .event("crash later", async () => {
    await null;
    throw new Error("handler failed later");
  })
  .render(({ shown, flash }) => html`<i>${shown}</i><b>${flash.info}</b><u>${flash.error}</u>`);

const views = { "/": EchoLive };

async function open(test: Parameters<typeof serve>[0]) {
  return new Browser(await serve(test, views)).open(test, "/");
}

test("values reach handlers as they were sent; forms are decoded", async (test) => {
  const client = await open(test);
  seen.length = 0;

  await client.event("see", { id: "7", value: "v" });
  client.send("50", "event", {
    type: "form",
    event: "see",
    value: "u%5Bn%5D=x+y%26z&u%5B_unused_m%5D=&u%5Bm%5D=&l%5B%5D=1&l%5B%5D=2",
    meta: { _target: "u[n]", w: "1" },
    uploads: {},
  });
  await client.next();
  client.send("51", "event", { type: "form", event: "see", value: "", meta: { _target: "l[]" } });
  await client.next();
  client.send("52", "event", { type: "hook", event: "see" });
  await client.next();

  assert.deepEqual(
    seen.map((value) => structuredClone(value)),
    [
      { id: "7", value: "v" },
      { u: { n: "x y&z", _unused_m: "", m: "" }, l: ["1", "2"], _target: ["u", "n"], w: "1" },
      { _target: ["l"] },
      {},
    ],
  );
});

test("a slow handler holds up its own view only, and keeps the order", async (test) => {
  const client = await open(test);

  client.send("5", "event", { type: "click", event: "slow", value: {} });
  client.send("6", "event", { type: "click", event: "show", value: { text: "after" } });
  assert.deepEqual((await client.heardUntilNow()).length, 0);
  assert.deepEqual(await client.next(), [
    "4",
    "5",
    client.topic,
    "phx_reply",
    { status: "ok", response: { diff: { "0": "slow" } } },
  ]);
  assert.deepEqual(await client.next(), [
    "4",
    "6",
    client.topic,
    "phx_reply",
    { status: "ok", response: { diff: { "0": "after" } } },
  ]);
});

test("replies, pushed events and the title travel in the diff", async (test) => {
  const client = await open(test);

  assert.deepEqual((await client.event("answer", { text: "hi" })).response, { diff: { "0": "hi", r: { got: "hi" } } });
  assert.deepEqual((await client.event("answer nothing")).response, { diff: { r: {} } });
  assert.deepEqual((await client.event("push")).response, {
    diff: {
      e: [
        ["first", { n: 1 }],
        ["second", {}],
      ],
    },
  });
  assert.deepEqual((await client.event("everything")).response, {
    diff: { "0": "all", t: "Second", e: [["e", []]], r: { ok: true } },
  });
  assert.deepEqual((await client.event("everything")).response, { diff: { e: [["e", []]], r: { ok: true } } });
});

test("a title that mount assigns is part of page and tree", async (test) => {
  const browser = await new Browser(await serve(test, views)).get("/");
  const client = await browser.connect(test);
  const { rendered } = (await client.join()).response as { rendered: Record<string, unknown> };

  assert.match(browser.body, /<title>First<\/title>/);
  assert.equal(rendered.t, "First");
});

test("a schema hands on what it made of the value, and keeps the rest from the handler", async (test) => {
  const refused = record(test, eventRefused);
  const client = await open(test);

  assert.deepEqual((await client.event("checked", { age: "7" })).response, { diff: { "0": "7" } });
  assert.deepEqual(await client.event("checked", { age: "0" }), { status: "ok", response: {} });
  assert.deepEqual(await client.event("checked", null), { status: "ok", response: {} });
  assert.deepEqual((await client.event("text", "a text", "hook")).response, { diff: { "0": "a text" } });
  assert.deepEqual((await client.event("later", { name: "free" })).response, { diff: { "0": "free" } });
  assert.deepEqual((await client.event("later", { name: "taken" })).response, {});
  assert.deepEqual(
    refused.map(({ view, event }) => [view, event]),
    [
      ["echo", "checked"],
      ["echo", "checked"],
      ["echo", "later"],
    ],
  );
});

test("a handler without a schema gets objects only", async (test) => {
  const refused = record(test, eventRefused);
  const client = await open(test);
  seen.length = 0;

  for (const value of ["text", 7, null, true, ["a"]])
    assert.deepEqual(await client.event("see", value, "hook"), { status: "ok", response: {} });
  assert.deepEqual(seen, []);
  assert.equal(refused.length, 5);
});

test("malformed messages get an error, and the view goes on", async (test) => {
  const refused = record(test, eventRefused);
  const crashes = record(test, processCrash);
  const client = await open(test);
  await client.event("show", { text: "kept" });
  const malformed: [string, unknown, string][] = [
    ["event", null, "the payload is not an object"],
    ["event", "text", "the payload is not an object"],
    ["event", ["see"], "the payload is not an object"],
    ["event", {}, "the payload names no event"],
    ["event", { type: "click", event: 7, value: {} }, "the payload names no event"],
    ["event", { type: "form", event: "see", value: { a: 1 } }, "the value of a form is not a text"],
    ["live_patch", {}, "the payload names no URL"],
    ["live_patch", null, "the payload names no URL"],
    ["no_such_kind", {}, "unknown message"],
    ["toString", {}, "unknown message"],
  ];
  for (const [event, payload, reason] of malformed) {
    client.send("9", event, payload);
    assert.deepEqual((await client.next())[4], { status: "error", response: { reason } });
  }
  client.send("9", "event", { type: "form", event: "see", value: "a=%zz" });
  assert.equal((await client.next())[4].status, "error");

  assert.equal(refused.length, malformed.length + 1);
  assert.deepEqual(crashes, []);
  assert.deepEqual((await client.event("show", { text: "kept" })).response, {});
});

test("messages about components are answered, though there are none", async (test) => {
  const client = await open(test);

  client.send("5", "event", { type: "click", event: "see", value: {}, cid: 5 });
  assert.deepEqual((await client.next())[4], { status: "ok", response: {} });
  client.send("6", "cids_will_destroy", { cids: [1] });
  assert.deepEqual((await client.next())[4], { status: "ok", response: {} });
  client.send("7", "cids_destroyed", { cids: [1] });
  assert.deepEqual((await client.next())[4], { status: "ok", response: { cids: [] } });
});

test("an event that the view does not handle ends it, and says what it handles", async (test) => {
  const crashes = record(test, processCrash);
  const client = await open(test);

  client.send("5", "event", { type: "click", event: "shwo", value: {} });
  assert.equal(await client.nextText(), `["4","4","${client.topic}","phx_error",{"reason":"channel_crash"}]`);
  assert.match(
    String(crashes[0]?.error.message),
    /^live view "echo" has no handler for the event "shwo"; it handles see, show, slow/,
  );
});

for (const event of ["crash", "crash later"]) {
  test(`a handler that throws ends its view alone (${event})`, async (test) => {
    const crashes = record(test, processCrash);
    const stopped = record(test, eventStop);
    const server = await serve(test, views);
    const client = await new Browser(server).open(test, "/");
    const neighbour = await new Browser(server).open(test, "/");
    await neighbour.event("show", { text: "kept" });

    client.send("5", "event", { type: "click", event, value: {} });
    assert.equal(await client.nextText(), `["4","4","${client.topic}","phx_error",{"reason":"channel_crash"}]`);
    assert.deepEqual((await neighbour.event("show", { text: "kept" })).response, {});
    assert.equal((await client.join({ params: { _mounts: 1 } }, "12")).status, "ok");

    assert.equal(crashes.length, 1);
    assert.equal(crashes[0]?.label, "live echo");
    const failed = stopped.find(({ error }) => error !== undefined);
    assert.deepEqual(
      [failed?.view, failed?.kind, failed?.event, failed?.error],
      ["echo", "event", event, crashes[0]?.error],
    );
  });
}

test("the client clears flash messages, one or all", async (test) => {
  const client = await open(test);

  assert.deepEqual((await client.event("flash")).response, { diff: { "1": "Saved", "2": "Not quite" } });
  assert.deepEqual((await client.event("lv:clear-flash", { key: "info" })).response, { diff: { "1": "" } });
  assert.deepEqual((await client.event("lv:clear-flash", { key: "info" })).response, {});
  assert.deepEqual((await client.event("lv:clear-flash")).response, { diff: { "2": "" } });
});

test("handlers are timed for those who listen", async (test) => {
  const stopped = record(test, eventStop);
  const client = await open(test);
  await client.event("slow");

  assert.deepEqual(
    stopped.map(({ view, kind, event, error }) => ({ view, kind, event, error })),
    [{ view: "echo", kind: "event", event: "slow", error: undefined }],
  );
  assert.ok((stopped[0]?.milliseconds ?? -1) >= 0);
});
