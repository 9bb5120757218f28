import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode, formatPid, samePid, service } from "../../src/process/index.ts";
import { ended, message, quiet, recorder, running } from "./support.ts";

suite("pids", () => {
  test("count up, and are values: a clone reaches the same process", async () => {
    const node = createNode();
    const { process: first, received } = await recorder(node);
    const { process: second } = await recorder(node);
    assert.ok(second.pid.id > first.pid.id);
    const parsed = JSON.parse(JSON.stringify(first.pid));
    assert.ok(samePid(parsed, first.pid));
    assert.ok(!samePid(parsed, second.pid));
    node.send(parsed, message("a"));
    await quiet();
    assert.equal(received.length, 1);
  });

  test("of another start of the node or of another node reach nobody", async () => {
    const node = createNode("same");
    const later = createNode("same");
    const { process, received } = await recorder(node);
    await recorder(later);
    later.send(process.pid, message("wrong incarnation"));
    createNode("other").send(process.pid, message("wrong node"));
    await quiet();
    assert.deepEqual(received, []);
    assert.notEqual(node.incarnation, later.incarnation);
    assert.ok(Number.isSafeInteger(node.incarnation));
  });

  test("of ended processes reach nobody, and that is no error", async () => {
    const node = createNode();
    const { process, received } = await recorder(node);
    process.exit("normal");
    node.send(process.pid, message("a"));
    node.exit(process.pid, "killed");
    await quiet();
    assert.deepEqual(received, []);
  });

  test("read well in logs", async () => {
    const process = await running(createNode("shop"), {});
    assert.equal(formatPid(process.pid), "<shop.1>");
  });
});

suite("a node", () => {
  test("knows its processes, oldest first, until they end", async () => {
    const node = createNode();
    const one = await running(node, {});
    const two = await running(node, {});
    assert.deepEqual([...node.processes()], [one, two]);
    assert.equal(node.find(one.pid), one);
    node.exit(one.pid, "normal");
    assert.deepEqual([...node.processes()], [two]);
    assert.equal(node.processCount, 1);
    assert.equal(node.find(one.pid), undefined);
  });

  test("does not meet another one", async () => {
    const left = createNode("left");
    const right = createNode("right");
    const process = await running(left, {}, { name: "same" });
    await running(right, {}, { name: "same" });
    assert.equal(right.find(process.pid), undefined);
    assert.equal(left.whereis("same"), process);
  });
});

suite("names", () => {
  test("find a process while it lives", async () => {
    const node = createNode();
    const process = await running(node, {}, { name: "mail" });
    assert.equal(node.whereis("mail"), process);
    process.exit("normal");
    assert.equal(node.whereis("mail"), undefined);
    assert.equal(node.whereis("other"), undefined);
  });

  test("are given once, and again after the end", async () => {
    const node = createNode("named");
    const first = await running(node, {}, { name: "mail" });
    assert.throws(() => node.spawn("second", () => ({ receive() {} }), { name: "mail" }), {
      message: 'a process named "mail" is already running on node named',
    });
    assert.equal(node.processCount, 1);
    first.exit(new Error("boom"));
    await running(node, {}, { name: "mail" });
  });

  test("stay taken until terminate is done, but find nobody meanwhile", async () => {
    const gate = Promise.withResolvers<void>();
    const node = createNode();
    const process = await running(node, { terminate: () => gate.promise }, { name: "mail" });
    process.exit("shutdown");
    assert.equal(node.whereis("mail"), undefined);
    assert.throws(() => node.spawn("second", () => ({ receive() {} }), { name: "mail" }), /already running/);
    const end = ended(process);
    gate.resolve();
    await end;
    await running(node, {}, { name: "mail" });
  });
});

suite("services", () => {
  test("are found under their key, on the node that has them", () => {
    const counter = service<{ count: number }>("Counter");
    const node = createNode();
    const value = { count: 1 };
    node.provide(counter, value);
    assert.equal(node.service(counter), value);
    assert.equal(createNode().findService(counter), undefined);
  });

  test("are told apart by the key, not by its name", () => {
    const node = createNode();
    node.provide(service<number>("Same"), 1);
    assert.equal(node.findService(service<number>("Same")), undefined);
  });

  test("that are missing say what to do", () => {
    assert.throws(
      () => createNode("shop").service(service("Repo")),
      /node shop has no Repo: add it to the application's children/,
    );
  });

  test("can be put anew, as a restarted child does", () => {
    const node = createNode();
    const key = service<string>("Part");
    node.provide(key, "old");
    node.provide(key, "new");
    assert.equal(node.service(key), "new");
  });
});
