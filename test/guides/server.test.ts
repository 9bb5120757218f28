/** What the guide says about `anqa server`, with the command itself. */
import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { command, freePort } from "../cli/support.ts";
import { type Program, useGuide } from "./support.ts";

const guide = useGuide("server");

/** `anqa server` with the application of the guide, which listens. */
async function startServer(t: TestContext, ...words: string[]): Promise<{ server: Program; url: string }> {
  const port = await freePort();
  const server = guide.start(t, [command, "server", ...words], { PORT: String(port) });
  await server.prints(/listens at/);
  return { server, url: `http://127.0.0.1:${port}` };
}

async function ask(url: string): Promise<string> {
  const response = await fetch(url, { headers: { connection: "close" } });
  return response.text();
}

/** The operating-system process that answers. */
async function processAt(url: string): Promise<number> {
  const [, pid] = /^answered by process (\d+)$/.exec(await ask(url)) ?? [];
  return Number(pid ?? assert.fail("no answer"));
}

/** Asserts that a program printed what the guide shows; times, places and numbers are others each time. */
function assertShown(printed: string, shown: string): void {
  const likeness = (text: string) =>
    text
      .replace(/\S*\/(?=[\w-]+\.ts)/g, "")
      .replace(/\d+/g, "0")
      .replace(/\s+/g, " ");
  let rest = likeness(printed);
  for (const part of shown.split("…").map((text) => likeness(text).trim())) {
    assert.ok(rest.includes(part), `"${part}" is not in:\n${printed}`);
    rest = rest.slice(rest.indexOf(part) + part.length);
  }
}

test("an application that was killed is there again, in another process", async (t) => {
  const { server, url } = await startServer(t);
  const killed = await processAt(url);

  process.kill(killed, "SIGKILL");
  await server.prints(/Starts it again in [\d.]+ s[\s\S]*listens at/);

  assert.notEqual(await processAt(url), killed);
  assertShown(withoutRequests(server.printed), guide.output("npx anqa server"));
});

test("an endless computation is reported with its place, ended, and the application started again", async (t) => {
  const { server, url } = await startServer(t, "app.ts");
  const stuck = await processAt(url);
  assert.equal(await ask(`${url}/perfect/28`), "496");

  await assert.rejects(ask(`${url}/perfect/8128`));
  await server.prints(/Starts it again in [\d.]+ s[\s\S]*listens at/);

  assert.notEqual(await processAt(url), stuck);
  assertShown(server.printed, guide.output("npx anqa server app.ts"));
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} stops it in order, with code 0, and leaves nothing behind`, async (t) => {
    const { server, url } = await startServer(t, "app.ts");
    const running = await processAt(url);

    assert.equal(await server.stop(signal), 0);

    assert.throws(() => process.kill(running, 0), { code: "ESRCH" });
  });
}

test("with --watch it is started again when a file is saved", async (t) => {
  const { server, url } = await startServer(t, "--watch", "app.ts");
  const before = await processAt(url);

  utimesSync(join(guide.folder, "app.ts"), new Date(), new Date());
  await server.prints(/listens at[\s\S]*listens at/);

  assert.notEqual(await processAt(url), before);
  assert.equal(await server.stop(), 0);
});

test("a file without an application is not tried again", async (t) => {
  const server = guide.start(t, [command, "server", "perfect.ts"]);

  assert.equal(await server.exitCode, 71);
  assertShown(server.printed, guide.output("npx anqa server perfect.ts"));
});

/** What is printed without the lines about requests, which the guide leaves out. */
function withoutRequests(printed: string): string {
  return printed.replace(/^.* GET \/.*\n/gm, "");
}
