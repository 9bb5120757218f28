/** A client that does not read gets the newest state once it does, never a queue of diffs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTick } from "node:timers/promises";
import { html, liveView } from "../../src/live/index.ts";
import { pubSubOf } from "../../src/pubsub/index.ts";
import { Browser, serve } from "./support.ts";

let handled = 0;
let renders = 0;

const BigLive = liveView("big")
  .mount((_params, _session, socket) => socket.subscribe("big").assign({ version: 0 }))
  .info("version", (version, socket) => {
    handled++;
    return socket.assign({ version: Number(version) });
  })
  .render(({ version }) => {
    renders++;
    return html`<p>${`${version} `.padEnd(500_000, "x")}</p>`;
  });

test("what waits is one render of the newest state", async (test) => {
  const server = await serve(test, { "/": BigLive });
  const client = await new Browser(server).open(test, "/");
  handled = 0;
  renders = 0;

  client.webSocket.pause();
  let version = 0;
  // The buffers of both ends fill up first; then versions come and go without being rendered.
  while (handled - renders < 20) {
    assert.ok(version < 2_000, "the connection never became congested");
    pubSubOf(server.node).broadcast("big", "version", ++version);
    await nextTick();
  }
  const rendered = renders;
  client.webSocket.resume();
  let diffs = 0;
  let shown = 0;
  for (; shown < version; diffs++) shown = Number.parseInt(String((await client.next())[4]["0"]), 10);

  assert.equal(renders, rendered + 1);
  assert.equal(diffs, rendered + 1);
});
