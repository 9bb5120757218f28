/** What a process fills: run by `bench/process.ts` with `idle`, `server` or `routine`; `COUNT` says how many. */
import { application, createNode, dynamicSupervisor, genServer, type Message, type Node, routine } from "anqa/process";

const count = Number(process.env.COUNT ?? 200_000);
const node = createNode("bench");

const kinds: Record<string, () => Promise<void>> = {
  async idle() {
    const idle = { receive() {} };
    const before = memory();
    const startedAt = performance.now();
    for (let spawned = 1; spawned < count; spawned++) node.spawn("idle", () => idle);
    await node.spawn("idle", () => idle).started();
    print("spawns", count / ((performance.now() - startedAt) / 1_000), "/s");
    await printBytes("an idle process", before, node);
  },

  async server() {
    const counters = dynamicSupervisor(genServer("counter").init((start: number) => ({ count: start })));
    const running = await application({ children: [counters] }).start();
    const children = counters.on(running.node);
    await children.startChild(0);
    const before = memory();
    for (let started = 0; started < count; started++) await children.startChild(started);
    await printBytes("a supervised GenServer", before, running.node);
  },

  async routine() {
    const isWanted = ({ event }: Message) => event === "wanted";
    const waiting = routine(async (self) => void (await self.receive(isWanted)));
    const before = memory();
    for (let spawned = 0; spawned < count; spawned++) node.spawn("parked", waiting);
    await printBytes("a routine in receive", before, node);
  },
};

await kinds[process.argv[2] ?? ""]?.();
process.exit();

/** Waits until all processes have begun, and those that are idle have dropped what they can make again. */
async function printBytes(what: string, before: NodeJS.MemoryUsage, on: Node): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 25_000));
  const after = memory();
  if (on.processCount < count) throw new Error(`only ${on.processCount} processes are left`);
  print(`heap of ${what}`, (after.heapUsed - before.heapUsed) / count, "bytes");
  print(`resident memory of ${what}`, (after.rss - before.rss) / count, "bytes");
}

function memory(): NodeJS.MemoryUsage {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  return process.memoryUsage();
}

function print(what: string, figure: number, unit: string): void {
  process.stdout.write(`${what.padEnd(44)}${Math.round(figure).toLocaleString("en").padStart(12)} ${unit}\n`);
}
