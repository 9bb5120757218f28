import assert from "node:assert/strict";
import { test } from "node:test";
import { pipelineFailed } from "../../src/plug/failure.ts";
import {
  type Conn,
  compilePipeline,
  HttpError,
  type PipelineException,
  type PipelineStop,
  type Plug,
  pipelineEvents,
  telemetry,
} from "../../src/plug/index.ts";
import { routerOf, startEndpoint } from "../endpoint/support.ts";
import { serve } from "./server.ts";

/** Records the events of a prefix by their kind. */
function record(context: { after(callback: () => void): void }, prefix: string) {
  const seen: [kind: string, payload: { conn: Conn; node: string }][] = [];
  const { start, stop, exception } = pipelineEvents(prefix);
  context.after(start.attach((payload) => seen.push(["start", payload])));
  context.after(stop.attach((payload) => seen.push(["stop", payload])));
  context.after(exception.attach((payload) => seen.push(["exception", payload])));
  return seen;
}

/** As the endpoint runs a pipeline. */
function reporting(plug: Plug): Plug {
  return async (conn) => {
    try {
      await plug(conn);
    } catch (error) {
      pipelineFailed(conn, error);
      throw error;
    }
  };
}

test("start when a request comes, stop before its answer is sent", async (context) => {
  const seen = record(context, "test.telemetry.good");
  const plug = compilePipeline([telemetry({ prefix: "test.telemetry.good" }), (conn) => conn.send(201, "made")]);
  const server = await serve(context, reporting(plug));
  const handled = server.handled();
  await fetch(server.url);
  const conn = await handled;
  assert.deepEqual(
    seen.map(([kind]) => kind),
    ["start", "stop"],
  );
  assert.ok(seen.every(([, payload]) => payload.conn === conn && payload.node === "plug-test"));
  const stop = seen[1]?.[1] as PipelineStop;
  assert.equal(stop.conn.status, 201);
  assert.ok(Number.isInteger(stop.durationMicroseconds) && stop.durationMicroseconds >= 0);
});

test("stop sees what all other callbacks before sending have done", async (context) => {
  const statuses: (string | undefined)[] = [];
  context.after(
    pipelineEvents("test.telemetry.last").stop.attach(({ conn }) => statuses.push(conn.getHeader("x-late"))),
  );
  const late: Plug = (conn) => conn.beforeSend(() => void conn.setHeader("x-late", "yes"));
  const plug = compilePipeline([telemetry({ prefix: "test.telemetry.last" }), late, (conn) => conn.send(200, "")]);
  const server = await serve(context, plug);
  await fetch(server.url);
  assert.deepEqual(statuses, ["yes"]);
});

test("exception instead of stop where something behind it throws or rejects", async (context) => {
  const seen = record(context, "test.telemetry.bad");
  let failure: Plug = () => {
    throw new HttpError(404, "gone");
  };
  const plug = compilePipeline([telemetry({ prefix: "test.telemetry.bad" }), (conn) => failure(conn)]);
  const server = await serve(context, reporting(plug));
  assert.equal((await fetch(server.url)).status, 404);
  failure = () => Promise.reject(new Error("later"));
  assert.equal((await fetch(server.url)).status, 500);
  assert.deepEqual(
    seen.map(([kind]) => kind),
    ["start", "exception", "start", "exception"],
  );
  assert.deepEqual(
    seen.filter(([kind]) => kind === "exception").map(([, payload]) => (payload as PipelineException).error.message),
    ["gone", "later"],
  );
});

test("the endpoint tells it what a pipeline failed with", async (context) => {
  const seen = record(context, "test.telemetry.endpoint");
  const broken = (failure: Plug) => compilePipeline([telemetry({ prefix: "test.telemetry.endpoint" }), failure]);
  const { base } = await startEndpoint({
    router: routerOf({
      "/throws": broken(() => {
        throw new HttpError(403, "no entry");
      }),
      "/rejects": broken(() => Promise.reject(new Error("later"))),
      "/silent": broken(() => undefined),
    }),
  });
  for (const path of ["/throws", "/rejects", "/silent"]) await (await fetch(base + path)).text();
  const exceptions = seen.filter(([kind]) => kind === "exception").map(([, payload]) => payload as PipelineException);
  assert.deepEqual(
    exceptions.map(({ error }) => error.message.replace(/^.*, but/, "but").slice(0, 20)),
    ["no entry", "later", "but nothing was sent"],
  );
  assert.equal(
    seen.some(([kind]) => kind === "stop"),
    false,
  );
});

test("a failure after the answer was sent is none of the pipeline's", async (context) => {
  const seen = record(context, "test.telemetry.late");
  const failing: Plug = (conn) => {
    conn.send(200, "ok");
    pipelineFailed(conn, new Error("too late"));
  };
  const server = await serve(context, compilePipeline([telemetry({ prefix: "test.telemetry.late" }), failing]));
  await fetch(server.url);
  assert.deepEqual(
    seen.map(([kind]) => kind),
    ["start", "stop"],
  );
});

test("two of them on one way measure each its part", async (context) => {
  const [outer, inner] = [record(context, "test.telemetry.outer"), record(context, "test.telemetry.inner")];
  const fail: Plug = () => {
    throw new Error("broken");
  };
  const plugs = [telemetry({ prefix: "test.telemetry.outer" }), telemetry({ prefix: "test.telemetry.inner" }), fail];
  const server = await serve(context, reporting(compilePipeline(plugs)));
  await fetch(server.url);
  for (const seen of [outer, inner])
    assert.deepEqual(
      seen.map(([kind]) => kind),
      ["start", "exception"],
    );
});

test("while nobody listens it leaves nothing on the conn", () => {
  const plug = telemetry({ prefix: "test.telemetry.nobody" });
  plug({ beforeSend: () => assert.fail("registered"), putPrivate: () => assert.fail("kept") } as never);
});

test("a prefix that is no name is refused at start", () => {
  for (const prefix of ["", ".", "a.", "a b", "a-b", "a\n"]) {
    assert.throws(() => telemetry({ prefix }), /the prefix .* words joined by dots/, prefix);
  }
});
