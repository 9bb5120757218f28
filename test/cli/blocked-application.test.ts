/** What people see of an endless loop in a handler. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Socket } from "phoenix";
import { Program } from "../process/program.ts";
import { command, freePort, path } from "./support.ts";

/** An open page of the official client, and a promise for each time that it joined its channel. */
function openPage(t: TestContext, url: string) {
  const client = new Socket(url, { transport: WebSocket, reconnectAfterMs: () => 20, rejoinAfterMs: () => 20 });
  client.connect();
  t.after(() => client.disconnect());
  const joins = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  let joined = 0;
  const member = client.channel("room:lobby");
  member.join().receive("ok", () => joins[Math.min(joined++, 1) as 0 | 1].resolve());
  return { member, joined: joins[0].promise, rejoined: joins[1].promise };
}

test("an endless loop is reported with its place, ended, and the open pages come back", async (t) => {
  const port = await freePort();
  const server = new Program(t, [command, "server", path("./applications/page.ts")], {
    PORT: String(port),
    HARD_LIMIT: "1000",
  });
  await server.says(/ready/);
  const pages = [openPage(t, `ws://127.0.0.1:${port}/socket`), openPage(t, `ws://127.0.0.1:${port}/socket`)] as const;
  await Promise.all(pages.map(({ joined }) => joined));

  pages[0].member.push("compute", {}, 1); // its timer would keep the test alive

  const [soft] = await server.says(/^anqa watchdog: the event loop has stood still for .*(?:\n {4}at .*)+\n/m);
  assert.match(soft, /stood still for [\d.]+ s in channel room:\* <anqa\.\d+>:\n/);
  assert.match(soft, /\n {4}at computeForever \(file:.*\/applications\/page\.ts:\d+:\d+\)\n/);
  await server.says(/stood still for [\d.]+ s: ends this process with code 70 in channel room:\* <anqa\.\d+>:\n/);
  await server.says(/^anqa server: .* s: watchdog: event loop blocked \(code 70\)\. Starts it again in/m);
  await Promise.all(pages.map(({ rejoined }) => rejoined));

  server.child.kill("SIGTERM");
  assert.equal(await server.ended, 0);
});
