import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { suite, test } from "node:test";
import { telemetryEvent } from "../../src/telemetry/index.ts";

suite("a telemetry event", () => {
  test("brings its payload to every handler, at once and in the order of attaching", (t) => {
    const event = telemetryEvent<{ total: number }>("test.telemetry.order");
    const log: string[] = [];
    t.after(event.attach(({ total }) => log.push(`first ${total}`)));
    t.after(event.attach(({ total }) => log.push(`second ${total}`)));
    event.execute({ total: 3 });
    assert.deepEqual(log, ["first 3", "second 3"]);
  });

  test("hands over the very object", (t) => {
    const event = telemetryEvent<object>("test.telemetry.identity");
    const payload = {};
    let received: object | undefined;
    t.after(
      event.attach((given) => {
        received = given;
      }),
    );
    event.execute(payload);
    assert.equal(received, payload);
  });

  test("knows whether anybody listens", () => {
    const event = telemetryEvent<null>("test.telemetry.listening");
    assert.equal(event.hasSubscribers, false);
    const detach = event.attach(() => {});
    assert.equal(event.hasSubscribers, true);
    detach();
    detach();
    assert.equal(event.hasSubscribers, false);
    event.execute(null);
  });

  test("attaches the same handler as often as asked, and detaches one at a time", () => {
    const event = telemetryEvent<null>("test.telemetry.twice");
    let calls = 0;
    const handler = () => void calls++;
    const detach = event.attach(handler);
    const detachOther = event.attach(handler);
    event.execute(null);
    assert.equal(calls, 2);
    detach();
    event.execute(null);
    assert.equal(calls, 3);
    detachOther();
  });

  test("is a diagnostics channel of its name: other tools see it, and two declarations are one", (t) => {
    const event = telemetryEvent<string>("test.telemetry.channel");
    assert.equal(event.name, "test.telemetry.channel");
    const seen: unknown[] = [];
    const listener = (payload: unknown) => void seen.push(payload);
    channel(event.name).subscribe(listener);
    t.after(() => channel(event.name).unsubscribe(listener));
    telemetryEvent<string>("test.telemetry.channel").execute("payload");
    assert.deepEqual(seen, ["payload"]);
  });

  test("keeps a handler that throws from its caller and from the other handlers", async (t) => {
    const event = telemetryEvent<null>("test.telemetry.throwing");
    const uncaught = new Promise<unknown>((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
    t.after(() => process.setUncaughtExceptionCaptureCallback(null));
    let reached = false;
    t.after(
      event.attach(() => {
        throw new Error("bad handler");
      }),
    );
    t.after(
      event.attach(() => {
        reached = true;
      }),
    );
    event.execute(null);
    assert.ok(reached);
    assert.match(String(await uncaught), /bad handler/);
  });
});
