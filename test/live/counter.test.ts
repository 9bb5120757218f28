/** One view from page to click, byte for byte (PROTOCOL section 39). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html, liveView } from "../../src/live/index.ts";
import { Browser, serve } from "./support.ts";

const CounterLive = liveView("counter")
  .mount((_params, _session, socket) => socket.assign({ count: 0 }))
  .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .event("keep", (_params, socket) => socket.assign({ count: socket.assigns.count }))
  .render(({ count }) => html`<b>${count}</b><button phx-click="increment">+1</button>`);

test("the page, the join, a click and an event that changes nothing", async (test) => {
  const browser = await new Browser(await serve(test, { "/": CounterLive })).get("/");
  const { id, session, statics, topic } = browser;
  const page = `<div id="${id}" data-phx-main data-phx-session="${session}" data-phx-static="${statics}"><b>0</b><button phx-click="increment">+1</button></div>`;

  assert.equal(browser.status, 200);
  assert.match(id, /^phx-[\w-]{16}$/);
  assert.ok(browser.body.includes(page), browser.body);

  const client = await browser.connect(test);
  client.send("4", "phx_join", client.joinPayload());
  assert.equal(
    await client.nextText(),
    `["4","4","${topic}","phx_reply",{"status":"ok","response":{"rendered":{"0":"0","s":["<b>","</b><button phx-click=\\"increment\\">+1</button>"]},"liveview_version":"1.2.12"}}]`,
  );

  client.send("5", "event", { type: "click", event: "increment", value: { value: "" } });
  assert.equal(
    await client.nextText(),
    `["4","5","${topic}","phx_reply",{"status":"ok","response":{"diff":{"0":"1"}}}]`,
  );

  client.send("6", "event", { type: "click", event: "keep", value: { value: "" } });
  assert.equal(await client.nextText(), `["4","6","${topic}","phx_reply",{"status":"ok","response":{}}]`);
});

test("a rejoin starts from the mount, and closes the instance that was there", async (test) => {
  const client = await new Browser(await serve(test, { "/": CounterLive })).open(test, "/");
  await client.event("increment");

  client.joinRef = "9";
  client.send("9", "phx_join", client.joinPayload({ params: { _mounts: 1, _mount_attempts: 0 } }));
  assert.deepEqual(await client.next(), ["4", "4", client.topic, "phx_close", {}]);
  const [, ref, , , { response }] = await client.next();
  assert.equal(ref, "9");
  assert.equal((response as { rendered: Record<string, unknown> }).rendered["0"], "0");
});

test("leaving is answered and closes", async (test) => {
  const client = await new Browser(await serve(test, { "/": CounterLive })).open(test, "/");

  client.send("5", "phx_leave", {});
  assert.equal(await client.nextText(), `["4","5","${client.topic}","phx_reply",{"status":"ok","response":{}}]`);
  assert.equal(await client.nextText(), `["4","4","${client.topic}","phx_close",{}]`);
});
