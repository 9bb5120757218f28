/** Prints the bytes of heap that a process parked in `receive` costs. A test runner's hooks would be measured with it. */
import { createNode, type Message } from "../../src/process/index.ts";
import { routine } from "../../src/process/routine.ts";
import { collectGarbage, quiet } from "./support.ts";

const count = 20_000;
const node = createNode();

const isWanted = ({ event }: Message) => event === "ping";
const waiting = routine(async (self) => void (await self.receive(isWanted)));

await node.spawn("first", waiting).started();
const before = heapUsed();
for (let index = 0; index < count; index++) node.spawn("waiting", waiting);
await quiet(count / 256);
for (const one of node.processes()) one.hibernateIfIdle(Number.POSITIVE_INFINITY);
process.stdout.write(String(Math.round((heapUsed() - before) / count)));

function heapUsed(): number {
  for (let round = 0; round < 3; round++) collectGarbage();
  return process.memoryUsage().heapUsed;
}
