/** Answers that take their time, through a whole endpoint: what is reported, and how they end when it stops. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { test } from "node:test";
import { endpointCrash } from "../../src/endpoint/index.ts";
import { HttpError, sendEvents } from "../../src/plug/index.ts";
import { record, routerOf, startEndpoint } from "./support.ts";

async function open(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url), "response")) as [IncomingMessage];
  return response.setEncoding("utf8");
}

test("an endpoint that stops lets event streams end, and does not wait for its drain to be over", async () => {
  const { base, stop } = await startEndpoint({
    drainTimeout: 60_000,
    router: routerOf({ "/events": (conn) => sendEvents(conn, (events) => void events.send("first")) }),
  });
  const response = await open(`${base}/events`);
  assert.deepEqual(await once(response, "data"), ["data: first\n\n"]);
  const ended = once(response, "end");
  await stop();
  await ended;
  assert.equal(response.complete, true);
});

test("a source that fails in the middle is reported, and its answer broken off; the server goes on", async () => {
  const { base, endpoint } = await startEndpoint({
    router: routerOf({
      "/fine": (conn) => conn.send(200, "fine"),
      "/broken": (conn) =>
        conn.sendStream(
          200,
          (async function* () {
            yield "half";
            throw new Error("the disk is gone");
          })(),
        ),
    }),
  });
  const crashes = record(endpointCrash, endpoint.node.name);
  await assert.rejects(fetch(`${base}/broken`).then((response) => response.text()));
  assert.equal(await (await fetch(`${base}/fine`)).text(), "fine");
  assert.deepEqual(
    crashes.map(({ path, status, error }) => [path, status, error.message]),
    [["/broken", 500, "the disk is gone"]],
  );
});

test("a client that leaves in the middle of a stream is not reported", async () => {
  const ended = Promise.withResolvers<void>();
  const { base, endpoint } = await startEndpoint({
    router: routerOf({
      "/endless": (conn) =>
        conn.sendStream(
          200,
          (async function* () {
            try {
              for (;;) yield "more";
            } finally {
              ended.resolve();
            }
          })(),
        ),
    }),
  });
  const crashes = record(endpointCrash, endpoint.node.name);
  const response = await open(`${base}/endless`);
  response.on("error", () => {});
  await once(response, "data");
  response.destroy();
  await ended.promise;
  assert.equal((await fetch(`${base}/none`)).status, 404);
  assert.deepEqual(crashes, []);
});

test("what an answer waits for before it is sent may fail: the page of its error is sent in place of it", async () => {
  const { base, endpoint } = await startEndpoint({
    router: routerOf({
      "/held": (conn) => {
        conn.beforeSend(async () => {
          await Promise.resolve();
          throw new HttpError(503, "the store is down");
        });
        conn.send(200, "secret");
      },
    }),
  });
  const crashes = record(endpointCrash, endpoint.node.name);
  const response = await fetch(`${base}/held`);
  assert.equal(response.status, 503);
  assert.doesNotMatch(await response.text(), /secret/);
  assert.deepEqual(
    crashes.map(({ status, error }) => [status, error.message]),
    [[503, "the store is down"]],
  );
});
