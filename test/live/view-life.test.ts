/** What the chain refuses, what assigns keep, and how a view ends. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { html, liveView } from "../../src/live/index.ts";
import type { ExitReason } from "../../src/process/index.ts";
import { topic, type } from "../../src/pubsub/index.ts";
import { Browser, serve } from "./support.ts";

const News = topic("news", { published: type<string>() });

test("the chain refuses what it already has, by name", () => {
  const view = liveView("names");

  assert.throws(() => liveView(""), /name is empty/);
  assert.throws(
    () => view.event("a", () => {}).event("a", () => {}),
    /liveView\("names"\) handles the event "a" twice/,
  );
  assert.throws(() => view.event("lv:clear-flash", () => {}), /reserved/);
  assert.throws(() => view.info("a", () => {}).info("a", () => {}), /handles the message "a" twice/);
  assert.throws(
    () => view.info(News, "published", () => {}).info(News, "published", () => {}),
    /handles the message "published" of news twice/,
  );
  assert.throws(() => view.terminate(() => {}).terminate(() => {}), /declares terminate twice/);
  assert.throws(() => liveView("tag", { container: { tag: "b><" } }), /"b><" is not the name of an element/);
  assert.throws(() => liveView("tag", { container: { attributes: { id: "x" } } }), /cannot have the attribute "id"/);
  assert.throws(
    () => liveView("tag", { container: { attributes: { "a b": "x" } } }),
    /cannot have the attribute "a b"/,
  );
});

test("each link leaves the ones before it as they were", async (test) => {
  const base = liveView("base").mount((_params, _session, socket) => socket.assign({ n: 1 }));
  const one = base.event("go", (_params, socket) => socket.assign({ n: 2 })).render(({ n }) => html`${n}`);
  const two = base.event("go", (_params, socket) => socket.assign({ n: 3 }));
  const client = await new Browser(await serve(test, { "/": one })).open(test, "/");

  assert.ok(two);
  assert.deepEqual((await client.event("go")).response, { diff: { "0": "2" } });
});

test("assigns are frozen, fresh after a change, and the same without one", async (test) => {
  const list = [{ n: 1 }];
  let checked = false;
  const view = liveView("frozen")
    .mount((_params, _session, socket) => socket.assign({ list, n: Number.NaN, dates: new Map([["a", 1]]) }))
    .event("check", (_params, socket) => {
      const before = socket.assigns;
      assert.equal(socket.assign({ list, n: Number.NaN }).assigns, before);
      assert.equal(socket.update("n", (n) => n).assigns, before);
      assert.notEqual(socket.assign({ n: 0 }).assigns, before);
      assert.equal(Number.isNaN(before.n), true);
      assert.throws(() => Object.assign(socket.assigns, { n: 1 }), TypeError);
      assert.throws(() => socket.assigns.list.push({ n: 2 }), TypeError);
      assert.throws(() => Object.assign(socket.assigns.list[0] ?? {}, { n: 2 }), TypeError);
      socket.assigns.dates.set("b", 2);
      assert.throws(() => (socket as { assign(values: object): void }).assign({ flash: {} }), /"flash" is reserved/);
      assert.throws(
        () => (socket as { assign(values: object): void }).assign({ liveAction: "x" }),
        /comes from the route/,
      );
      checked = true;
    })
    .render(() => html``);
  const client = await new Browser(await serve(test, { "/": view })).open(test, "/");

  await client.event("check");
  assert.equal(checked, true);
});

test("terminate runs once at the end, with the reason, for views that were joined", async (test) => {
  const ends: [string, ExitReason][] = [];
  let ended = () => {};
  const view = liveView("ending")
    .mount((_params, _session, socket) => {
      if (socket.connected && socket.connectParams?.refuse === true) return socket.redirect("/plain");
      return socket.assign({ name: "a" });
    })
    .event("crash", () => {
      throw new Error("failed");
    })
    .terminate((reason, socket) => {
      ends.push([socket.assigns.name, reason]);
      ended();
    })
    .render(() => html``);
  const client = await new Browser(await serve(test, { "/": view })).open(test, "/");

  client.send("5", "phx_leave", {});
  await client.next();
  await client.next();
  assert.deepEqual(ends, [["a", "normal"]]);

  await client.join({ params: { refuse: true } }, "6");
  assert.equal(ends.length, 1);

  await client.join({}, "7");
  client.send("8", "event", { type: "click", event: "crash", value: {} });
  assert.equal((await client.next())[3], "phx_error");
  assert.equal(String(ends[1]?.[1]), "Error: failed");

  await client.join({}, "9");
  const over = new Promise<void>((resolve) => (ended = resolve));
  client.webSocket.close();
  await once(client.webSocket, "close");
  await over;
  assert.deepEqual(ends[2], ["a", "shutdown"]);
});
