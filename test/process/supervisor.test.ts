import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type ChildSpec, childRestart, createNode, type Node } from "../../src/process/index.ts";
import { child, supervise, tell } from "./children.ts";
import { ended, message, quiet } from "./support.ts";

suite("a supervisor", () => {
  test("starts its children in order, each after the one before it, and stops them in reverse", async () => {
    const log: string[] = [];
    const node = createNode();
    const slow: ChildSpec = {
      id: "slow",
      async start(on) {
        await new Promise(setImmediate);
        return on.spawn("slow", async () => {
          await new Promise(setImmediate);
          log.push("start slow");
          return { receive() {}, terminate: () => void log.push("stop slow") };
        });
      },
    };
    const process = await supervise(node, { children: [child(log, "a"), slow, child(log, "b")] });
    assert.deepEqual(log.splice(0), ["start a", "start slow", "start b"]);
    const end = ended(process);
    process.exit("shutdown");
    assert.equal(await end, "shutdown");
    assert.deepEqual(log, ["stop b", "stop slow", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("stops a child only when the one after it has ended, terminate included", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const process = await supervise(createNode(), {
      children: [child(log, "a"), child(log, "b", { terminate: () => gate.promise })],
    });
    process.exit("shutdown");
    await quiet();
    assert.ok(!log.includes("stop a"));
    const end = ended(process);
    gate.resolve();
    await end;
    assert.ok(log.includes("stop a"));
  });

  test("does not start if a child does not, and stops those before it", async () => {
    const log: string[] = [];
    const node = createNode();
    const broken = child(log, "broken");
    const options = {
      children: [
        child(log, "a"),
        { ...broken, start: (on: Node) => on.spawn("broken", () => Promise.reject(new Error("no port"))) },
        child(log, "never"),
      ],
    };
    await assert.rejects(supervise(node, options), /no port/);
    await quiet();
    assert.deepEqual(log, ["start a", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("does not start if a child crashes in its start, at once or not, whenever its spec hands it over", async () => {
    const start = (node: Node) =>
      node.spawn("broken", () => {
        throw new Error("no port");
      });
    await assert.rejects(supervise(createNode(), { children: [{ id: "broken", start }] }), /no port/);
    const late = async (node: Node) => {
      const process = start(node);
      await quiet();
      return process;
    };
    await assert.rejects(supervise(createNode(), { children: [{ id: "broken", start: late }] }), /no port/);
  });

  test("does not start either if a child's spec throws", async () => {
    const start = () => {
      throw new Error("no such file");
    };
    await assert.rejects(supervise(createNode(), { children: [{ id: "broken", start }] }), /no such file/);
  });

  test("reports a restart", async (t) => {
    const node = createNode("restarts");
    const events: unknown[] = [];
    t.after(childRestart.attach((event) => event.node === node.name && events.push(event)));
    await supervise(node, { children: [child([], "a")] });
    await tell(node, "a", "crash");
    assert.deepEqual(events, [{ node: "restarts", supervisor: "supervisor", child: "a", reason: "Error: a crashed" }]);
  });

  test("ignores messages that are none of its business", async () => {
    const node = createNode();
    const process = await supervise(node, { children: [child([], "a")] });
    process.deliver(message("hello"));
    process.deliver(message("DOWN", { reference: 99, pid: process.pid, reason: "normal" }));
    await quiet();
    assert.equal(process.ended, false);
  });

  test("restarts a child that crashes right after its start, even a transient one", async () => {
    const node = createNode();
    let starts = 0;
    const hasty: ChildSpec = {
      id: "hasty",
      restart: "transient",
      start: (on) =>
        on.spawn("hasty", () => {
          const broken = ++starts === 1;
          return {
            receive() {},
            settle() {
              if (broken) throw new Error("too hasty");
            },
          };
        }),
    };
    await supervise(node, { children: [hasty] });
    await quiet();
    assert.equal(starts, 2);
  });

  test("is content with a promised transient child that has done its work before the promise was kept", async () => {
    const node = createNode();
    let starts = 0;
    const brief: ChildSpec = {
      id: "brief",
      restart: "transient",
      async start(on) {
        starts++;
        const process = on.spawn("brief", () => ({ receive() {} }));
        await process.started();
        process.exit("normal");
        return process;
      },
    };
    const process = await supervise(node, { children: [brief, child([], "a")] });
    await quiet();
    assert.equal(process.ended, false);
    assert.equal(starts, 1);
    assert.notEqual(node.whereis("a"), undefined);
  });
});
