import assert from "node:assert/strict";
import { test } from "node:test";
import { createNode, type MailboxLimit, type Process, routine } from "../../src/process/index.ts";
import { ended, message, quiet } from "./support.ts";

/** A process that records what it handles, and its end. */
async function bounded(mailbox: MailboxLimit) {
  const handled: string[] = [];
  const process = createNode().spawn("bounded", () => ({ receive: ({ event }) => void handled.push(event) }), {
    mailbox,
  });
  await process.started();
  const ended = new Promise((resolve) => process.onExit(resolve));
  return { process, handled, ended };
}

function sendAll(process: Process, ...events: string[]): boolean[] {
  return events.map((event) => process.deliver(message(event)));
}

/** Resolves when the process has handled all that it has. */
async function settled(process: Process): Promise<void> {
  while (process.mailboxLength > 0) await new Promise(setImmediate);
}

test("a full mailbox that refuses tells the sender, and keeps what it has", async () => {
  const { process, handled } = await bounded({ limit: 2, overflow: "refuse" });
  assert.deepEqual(sendAll(process, "a", "b", "c"), [true, true, false]);
  await settled(process);
  assert.deepEqual(handled, ["a", "b"]);
  assert.deepEqual(sendAll(process, "d"), [true]);
});

test("a full mailbox that drops the oldest keeps the newest, and tells whoever waits for the dropped", async () => {
  const { process, handled } = await bounded({ limit: 2, overflow: "drop_oldest" });
  const dropped: string[] = [];
  const watched = (event: string) => ({ ...message(event), dropped: () => void dropped.push(event) });
  for (const event of ["a", "b", "c", "d"]) assert.equal(process.deliver(watched(event)), true);
  await settled(process);
  assert.deepEqual(handled, ["c", "d"]);
  assert.deepEqual(dropped, ["a", "b"]);
});

test("a full mailbox that exits ends its process with overloaded", async () => {
  const { process, handled, ended } = await bounded({ limit: 2, overflow: "exit" });
  assert.deepEqual(sendAll(process, "a", "b", "c", "d"), [true, true, false, false]);
  assert.equal(await ended, "overloaded");
  assert.deepEqual(handled, []);
});

test("a process that has ended takes nothing", async () => {
  const { process, ended } = await bounded({ limit: 2, overflow: "refuse" });
  process.exit("normal");
  await ended;
  assert.deepEqual(sendAll(process, "a"), [false]);
  assert.equal(process.node.send(process.pid, message("a")), false);
});

/** A routine that wants nothing that it is sent, so that it sets everything aside. */
async function setsAside(mailbox: MailboxLimit): Promise<Process> {
  const want = routine(async (self) => void (await self.receive(({ event }) => event === "wanted")));
  const process = createNode().spawn("bounded", want, { mailbox });
  await process.started();
  return process;
}

test("messages that a routine has set aside count as waiting", async () => {
  const refusing = await setsAside({ limit: 2, overflow: "refuse" });
  assert.deepEqual(sendAll(refusing, "a", "b"), [true, true]);
  await quiet();
  assert.deepEqual(sendAll(refusing, "c", "wanted"), [false, false]);
  const exiting = await setsAside({ limit: 2, overflow: "exit" });
  sendAll(exiting, "a", "b");
  await quiet();
  const end = ended(exiting);
  assert.deepEqual(sendAll(exiting, "c"), [false]);
  assert.equal(await end, "overloaded");
});

test("of messages that were set aside the oldest goes first", async () => {
  const process = await setsAside({ limit: 2, overflow: "drop_oldest" });
  const dropped: string[] = [];
  const watched = (event: string) => ({ ...message(event), dropped: () => void dropped.push(event) });
  for (const event of ["a", "b"]) process.deliver(watched(event));
  await quiet();
  for (const event of ["c", "d", "wanted"]) process.deliver(watched(event));
  assert.equal(await ended(process), "normal");
  assert.deepEqual(dropped, ["a", "b", "c"]);
});
