import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { createNode } from "../../src/process/index.ts";
import { collectGarbage, message, quiet, running } from "./support.ts";

suite("the scheduler", () => {
  test("flushes once all that were ready have had their turn", async () => {
    const node = createNode();
    const log: string[] = [];
    const connection = { flush: () => log.push("flush") };
    const writers = await Promise.all(
      ["a", "b"].map((name) =>
        running(node, {
          receive() {
            log.push(name);
            if (name === "a") node.scheduler.flushLater(connection);
          },
        }),
      ),
    );
    await quiet();
    for (const writer of writers) writer.deliver(message("write"));
    await quiet();
    assert.deepEqual(log, ["a", "b", "flush"]);
  });

  test("flushes what is asked for outside of any turn, and while flushing", async () => {
    const { scheduler } = createNode();
    const log: string[] = [];
    const second = { flush: () => log.push("second") };
    scheduler.flushLater({
      flush() {
        log.push("first");
        scheduler.flushLater(second);
      },
    });
    assert.deepEqual(log, []);
    await quiet();
    assert.deepEqual(log, ["first", "second"]);
  });

  test("lets messages to ready processes join the same round", async () => {
    const node = createNode();
    const log: string[] = [];
    const pong = await running(node, { receive: () => void log.push("pong") });
    const ping = await running(node, {
      receive() {
        log.push("ping");
        pong.deliver(message("go"));
        node.scheduler.flushLater({ flush: () => log.push("flush") });
      },
    });
    await quiet();
    ping.deliver(message("go"));
    await quiet();
    assert.deepEqual(log, ["ping", "pong", "flush"]);
  });

  test("lets I/O happen beside a process that never rests", async () => {
    const node = createNode();
    const restless = await running(node, { receive: (again) => void restless.deliver(again) });
    restless.deliver(message("again"));
    const text = await readFile(import.meta.filename, "utf8");
    assert.ok(text.includes("a process that never rests"));
    restless.exit("killed");
  });

  test("lets flushes happen beside a process that never rests", async () => {
    const node = createNode();
    const restless = await running(node, { receive: (again) => void restless.deliver(again) });
    restless.deliver(message("again"));
    await new Promise<void>((resolve) => node.scheduler.flushLater({ flush: resolve }));
    restless.exit("killed");
  });

  test("lets go of processes that have had their turn, even if some process is always ready", async () => {
    const node = createNode();
    const restless = await running(node, { receive: (again) => void restless.deliver(again) });
    restless.deliver(message("again"));
    const short = new WeakRef(await running(node, {}));
    await quiet(5);
    short.deref()?.exit("normal");
    await quiet(10);
    collectGarbage();
    assert.equal(short.deref(), undefined);
    restless.exit("killed");
  });
});
