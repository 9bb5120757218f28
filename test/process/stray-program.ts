/** Makes every kind of error that nobody catches, in processes and outside, and prints what became of it. */
import { EventEmitter } from "node:events";
import { readFile } from "node:fs";
import {
  application,
  bind,
  type ExitReason,
  type Process,
  processCrash,
  run,
  self,
  strayError,
} from "../../src/process/index.ts";

const shared = new EventEmitter();

const failures: Record<string, () => unknown> = {
  "a rejection that nobody awaits": () => void Promise.reject(new Error("rejected")),
  "a rejection long after": () =>
    void (async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error("rejected late");
    })(),
  "a timer": () =>
    setTimeout(() => {
      throw new Error("timer");
    }, 1),
  "a tick": () =>
    process.nextTick(() => {
      throw new Error("tick");
    }),
  "a microtask": () =>
    queueMicrotask(() => {
      throw new Error("microtask");
    }),
  "a callback of the file system": () =>
    readFile("/there is no such file", () => {
      throw new Error("callback");
    }),
  "a listener that was bound": () =>
    shared.once(
      "event",
      bind(() => {
        throw new Error(`bound to ${self().label}`);
      }),
    ),
};

processCrash.attach(() => {});
const { node, stop } = await run(application({ children: [] }));
const bystander = node.spawn("bystander", () => ({ receive() {} }));
const ends: Promise<[string, ExitReason]>[] = [];
for (const [name, fail] of Object.entries(failures)) {
  const culprit: Process = node.spawn(name, () => {
    fail();
    return { receive() {} };
  });
  ends.push(new Promise((resolve) => culprit.onExit((reason) => resolve([name, reason]))));
}
setTimeout(() => shared.emit("event"), 20);
for (const [name, reason] of await Promise.all(ends)) report(name, (reason as Error).message);

const stray = new Promise<string>((resolve) => strayError.attach(({ error }) => resolve(error.message)));
void Promise.reject(new Error("nobody's"));
report("outside of processes", await stray);
report("the bystander", bystander.ended ? "ended" : "lives");
await stop();

function report(what: string, message: string): void {
  process.stdout.write(`${what}: ${message}\n`);
}
