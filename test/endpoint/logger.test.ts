import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { endpointStop, type LogSetting, logTelemetry } from "../../src/endpoint/index.ts";
import { logOwnEvents } from "../../src/endpoint/log-lines.ts";
import { startLogger } from "../../src/endpoint/logger.ts";
import { createNode, type Node, supervisor } from "../../src/process/index.ts";
import { repoSlowQuery } from "../../src/repo/index.ts";
import { telemetryEvent } from "../../src/telemetry/index.ts";

type Line = Record<string, unknown> & { readonly level: number; readonly msg: string };

/** A logger that writes into an array. */
async function startRecordedLogger(node: Node, setting?: LogSetting) {
  const lines: Line[] = [];
  const stop = await startLogger(node, "test", setting, { write: (text) => lines.push(JSON.parse(text)) });
  return { lines, stop };
}

interface Payment {
  readonly node?: string;
  readonly order: number;
  readonly error?: Error;
}

const describePayment = ({ order, error }: Payment) => ({
  message: `payment of order ${order} failed`,
  order,
  ...(error === undefined ? {} : { error }),
});

test("slow queries have their line, without the repo's room being loaded", async () => {
  const node = createNode("slow");
  const { lines, stop } = await startRecordedLogger(node);
  logOwnEvents(node);
  repoSlowQuery.execute({
    node: "slow",
    repo: "repo",
    sql: "select 1",
    duration: 250_000,
    queueTime: 900,
    error: undefined,
  });
  stop();
  assert.deepEqual(
    lines.map(({ level, msg, sql }) => [level, msg, sql]),
    [[40, "a query of repo took 250.0 ms, after waiting 900 µs: select 1", "select 1"]],
  );
});

describe("logTelemetry", () => {
  test("writes a line per occurrence, with the fields and the stack", async () => {
    const node = createNode("lines");
    const event = telemetryEvent<Payment>("test.logger.lines");
    const { lines, stop } = await startRecordedLogger(node);
    logTelemetry(node, event, "warn", describePayment);
    event.execute({ order: 7 });
    event.execute({ order: 8, error: new Error("declined", { cause: new Error("no money") }) });
    stop();
    assert.equal(lines.length, 2);
    assert.deepEqual([lines[0]?.level, lines[0]?.node, lines[0]?.order], [40, "lines", 7]);
    assert.equal(lines[0]?.msg, "payment of order 7 failed");
    assert.match(JSON.stringify(lines[1]?.err), /declined[\s\S]*caused by[\s\S]*no money/);
  });

  test("writes what happens on its own node only, where the event says so", async () => {
    const node = createNode("here");
    const event = telemetryEvent<Payment>("test.logger.nodes");
    const { lines, stop } = await startRecordedLogger(node);
    logTelemetry(node, event, "warn", describePayment);
    event.execute({ node: "here", order: 1 });
    event.execute({ node: "elsewhere", order: 2 });
    stop();
    assert.deepEqual(
      lines.map((line) => line.order),
      [1],
    );
  });

  test("writes one kind of line per event, however often it is registered", async () => {
    const node = createNode("once");
    const event = telemetryEvent<Payment>("test.logger.once");
    const { lines, stop } = await startRecordedLogger(node);
    logTelemetry(node, event, "warn", describePayment);
    logTelemetry(node, event, "warn", describePayment);
    event.execute({ order: 1 });
    stop();
    assert.equal(lines.length, 1);
  });

  test("attaches nothing that would not be written", async () => {
    const node = createNode("levels");
    const event = telemetryEvent<Payment>("test.logger.levels");
    const quiet = await startRecordedLogger(node, "error");
    logTelemetry(node, event, "warn", describePayment);
    assert.equal(event.hasSubscribers, false);
    quiet.stop();
    const silent = await startRecordedLogger(node, "silent");
    logTelemetry(node, event, "fatal", describePayment);
    assert.equal(event.hasSubscribers, false);
    silent.stop();
  });

  test("leaves out headers that let in who knows them", async () => {
    const node = createNode("redaction");
    const event = telemetryEvent<{ headers: Record<string, string> }>("test.logger.redaction");
    const { lines, stop } = await startRecordedLogger(node);
    logTelemetry(node, event, "warn", ({ headers }) => ({ message: "seen", headers, request: { headers } }));
    event.execute({
      headers: { host: "x", authorization: "Basic a", cookie: "b", "set-cookie": "c", "x-api-key": "d" },
    });
    stop();
    const filtered = "[FILTERED]";
    const headers = {
      host: "x",
      authorization: filtered,
      cookie: filtered,
      "set-cookie": filtered,
      "x-api-key": filtered,
    };
    assert.deepEqual(lines[0]?.headers, headers);
    assert.deepEqual(lines[0]?.request, { headers });
  });

  test("ends with the logger, and starts again with the next one", async () => {
    const node = createNode("ends");
    const event = telemetryEvent<Payment>("test.logger.ends");
    const first = await startRecordedLogger(node);
    logTelemetry(node, event, "warn", describePayment);
    first.stop();
    assert.equal(event.hasSubscribers, false);
    logTelemetry(node, event, "warn", describePayment);
    assert.equal(event.hasSubscribers, false);
    const second = await startRecordedLogger(node);
    logTelemetry(node, event, "warn", describePayment);
    event.execute({ order: 1 });
    second.stop();
    assert.deepEqual([first.lines.length, second.lines.length], [0, 1]);
  });

  test("does nothing on a node that has no endpoint", () => {
    const event = telemetryEvent<Payment>("test.logger.nowhere");
    logTelemetry(createNode("nowhere"), event, "warn", describePayment);
    assert.equal(event.hasSubscribers, false);
  });
});

describe("the lines of the framework", () => {
  test("tell of a process that crashes and of its restart", async () => {
    const node = createNode("crashes");
    const { lines, stop } = await startRecordedLogger(node);
    logOwnEvents(node);
    let starts = 0;
    const again = Promise.withResolvers<void>();
    const root = node.spawn(
      "root",
      supervisor({
        children: [
          {
            id: "clock",
            start: (where) =>
              where.spawn("clock", () => {
                if (++starts === 2) again.resolve();
                return {
                  receive() {
                    throw new Error("out of time");
                  },
                };
              }),
          },
        ],
      }),
    );
    await root.started();
    const [, clock] = node.processes();
    clock?.deliver({ event: "tick", payload: undefined });
    await again.promise;
    stop();
    assert.deepEqual(
      lines.map(({ level, msg }) => [level, msg]),
      [
        [50, "clock <crashes.2> crashed: out of time"],
        [40, 'root starts "clock" again, which ended: Error: out of time'],
      ],
    );
    assert.match(JSON.stringify(lines[0]?.err), /logger\.test\.ts/);
  });

  test("tell of requests at the level info, which test leaves out", async () => {
    const node = createNode("requests");
    const request = { node: "requests", method: "GET", path: "/", status: 200 };
    const loud = await startRecordedLogger(node, "info");
    logOwnEvents(node);
    endpointStop.execute({ ...request, durationMicroseconds: 950 });
    endpointStop.execute({ ...request, durationMicroseconds: 1234 });
    loud.stop();
    const byDefault = await startRecordedLogger(node);
    logOwnEvents(node);
    endpointStop.execute({ ...request, durationMicroseconds: 1 });
    byDefault.stop();
    assert.deepEqual(
      loud.lines.map(({ msg }) => msg),
      ["GET / 200 in 950 µs", "GET / 200 in 1.2 ms"],
    );
    assert.deepEqual(byDefault.lines, []);
  });
});

describe("an application that runs", () => {
  const program = fileURLToPath(new URL("logging-program.ts", import.meta.url));
  const run = async (environment: string, log: string) => {
    const options = { env: { ...process.env, NODE_ENV: environment, LOG: log, SECRET_KEY_BASE: "s".repeat(64) } };
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=anqa-source", program], options);
    return stdout;
  };

  test("writes JSON in production", async () => {
    const lines = (await run("production", "info"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    assert.match(lines[0]?.msg ?? "", /^Anqa listens at http:\/\/localhost:\d+ \(production\)$/);
    assert.match(lines[1]?.msg ?? "", /^GET \/ 404 in /);
  });

  test("writes lines for people in development", async () => {
    const [first, second] = (await run("development", "info")).split("\n");
    assert.match(first ?? "", /^\[\d\d:\d\d:\d\d\] INFO: Anqa listens at http:\/\/localhost:\d+ \(development\)$/);
    assert.match(second ?? "", /^\[\d\d:\d\d:\d\d\] INFO: GET \/ 404 in /);
  });

  test("writes nothing when it is told to be silent", async () => {
    assert.equal(await run("development", "silent"), "");
  });
});
