import assert from "node:assert/strict";
import { test } from "node:test";
import { endpoint } from "../../src/endpoint/index.ts";
import { logOwnEvents } from "../../src/endpoint/log-lines.ts";
import { type LogSetting, startLogger } from "../../src/endpoint/logger.ts";
import { accepts, compilePipeline, HttpError, parseBody, requestId } from "../../src/plug/index.ts";
import { application } from "../../src/process/index.ts";
import { routerOf, startEndpoint } from "./support.ts";

type Line = Record<string, unknown> & { readonly msg: string };

const pages = routerOf({
  "/posts/:id": compilePipeline([requestId(), accepts("json"), parseBody(), (conn) => conn.send(200, "{}")]),
  "/broken": () => {
    throw new HttpError(418);
  },
});

/** The lines that requests leave at a level. */
async function linesOf(setting: LogSetting, filterParameters: readonly string[], ...paths: string[]): Promise<Line[]> {
  const { endpoint: running, base } = await startEndpoint({ router: pages });
  const lines: Line[] = [];
  const answered = Promise.withResolvers<void>();
  const write = (text: string) => {
    lines.push(JSON.parse(text));
    if (lines.length === paths.length) answered.resolve();
  };
  const stop = await startLogger(running.node, "test", setting, { write });
  logOwnEvents(running.node, filterParameters);
  for (const path of paths) await (await fetch(base + path)).text();
  await answered.promise;
  stop();
  return lines;
}

test("a request has a line with its route, id and format", async () => {
  const [line] = await linesOf("info", [], "/posts/7?password=x&q=y");
  const { method, path, status, route, format } = line as Line;
  assert.deepEqual(
    { method, path, status, route, format },
    {
      method: "GET",
      path: "/posts/7",
      status: 200,
      route: "/posts/:id",
      format: "json",
    },
  );
  assert.match(String(line?.requestId), /^[\w-]{20}$/);
  assert.match(line?.msg ?? "", /^GET \/posts\/7 200 in [\d.]+ (?:µs|ms)$/);
  assert.equal(typeof line?.durationMicroseconds, "number");
  assert.equal(line?.params, undefined);
});

test("at the level debug it has the params, filtered", async () => {
  const [line] = await linesOf("debug", ["iban"], "/posts/7?user[Password]=x&my_IBAN=z&q=y");
  const params = '{"user":{"Password":"[FILTERED]"},"my_IBAN":"[FILTERED]","q":"y","id":"7"}';
  assert.equal(line?.params, params);
  assert.match(line?.msg ?? "", /^GET \/posts\/7 200 in [\d.]+ (?:µs|ms), params \{"user".*\}$/);
});

test("params cannot forge lines, nor fill the log", async () => {
  const [forged, long] = await linesOf(
    "debug",
    [],
    "/posts/7?q=a%0Ab%E2%80%AEc%C2%85",
    `/posts/7?q=${"x".repeat(5_000)}`,
  );
  assert.ok(forged?.msg.includes('"q":"a\\nb\\u202ec\\u0085"'), forged?.msg ?? "no line");
  assert.ok((long?.msg.length ?? 0) < 1_200);
  assert.ok(long?.msg.endsWith("x…"));
});

test("a request that failed has its route, one that found none or is malformed has not", async () => {
  const paths = ["/broken", "/nowhere", "/posts/%ff", "/posts/7?a=%zz"];
  const lines = await linesOf("debug", [], ...paths);
  assert.deepEqual(
    lines.map(({ status, route }) => [status, route]),
    [
      [418, "/broken"],
      [404, undefined],
      [400, undefined],
      [400, "/posts/:id"],
    ],
  );
});

test("a word that would filter everything is refused at start", async () => {
  const spec = endpoint({ router: pages, environment: "test", port: 0, log: "silent", filterParameters: [""] });
  await assert.rejects(application({ children: [spec] }).start(), /"" cannot be filtered out of params/);
});
