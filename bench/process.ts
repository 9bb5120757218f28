/**
 * What processes cost on one worker: `npm run bench:process`. Bytes of an idle process, messages and
 * spawns per second. `COUNT=1000000` for the million.
 */
import { type Behaviour, createNode, type Process } from "anqa/process";

const count = Number(process.env.COUNT ?? 200_000);
const node = createNode("bench");

const idle: Behaviour = { receive() {} };

await bytesPerIdleProcess();
await oneWay();
await pingPong();
await ring(1_000);

async function bytesPerIdleProcess(): Promise<void> {
  const before = memory();
  const startedAt = performance.now();
  const processes: Process[] = [];
  for (let spawned = 0; spawned < count; spawned++) processes.push(node.spawn("idle", () => idle));
  const last = processes.at(-1) as Process;
  await last.started();
  const seconds = (performance.now() - startedAt) / 1_000;
  print("spawns", count / seconds, "/s");
  processes.length = 0;
  await hibernation();
  const after = memory();
  print("heap of an idle process", (after.heapUsed - before.heapUsed) / count, "bytes");
  print("resident memory of an idle process", (after.rss - before.rss) / count, "bytes");
  for (const one of node.processes()) one.exit("killed");
}

/** Waits until idle processes have dropped what they can make again. */
async function hibernation(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 17_000));
}

async function oneWay(): Promise<void> {
  const messages = 5_000_000;
  let handled = 0;
  let done: () => void = () => {};
  const receiver = node.spawn("receiver", () => ({
    receive() {
      if (++handled === messages) done();
    },
  }));
  await receiver.started();
  const message = { event: "message", payload: undefined };
  const rate = await timed(messages, async () => {
    const finished = new Promise<void>((resolve) => (done = resolve));
    for (let sent = 0; sent < messages; sent++) {
      receiver.deliver(message);
      if (sent % 10_000 === 0) await new Promise(setImmediate);
    }
    await finished;
  });
  print("one-way messages", rate, "/s");
}

async function pingPong(): Promise<void> {
  const rounds = 1_000_000;
  let left = rounds;
  let done: () => void = () => {};
  const player = (other: () => Process): Behaviour => ({
    receive(message) {
      if (--left === 0) done();
      else other().deliver(message);
    },
  });
  const ping: Process = node.spawn("ping", () => player(() => pong));
  const pong: Process = node.spawn("pong", () => player(() => ping));
  const rate = await timed(rounds, async () => {
    const finished = new Promise<void>((resolve) => (done = resolve));
    ping.deliver({ event: "ball", payload: undefined });
    await finished;
  });
  print("ping-pong messages", rate, "/s");
}

async function ring(size: number): Promise<void> {
  const rounds = 1_000;
  let left = size * rounds;
  let done: () => void = () => {};
  const members: Process[] = [];
  for (let index = 0; index < size; index++) {
    const next = (index + 1) % size;
    members.push(
      node.spawn("ring", () => ({
        receive(message) {
          if (--left === 0) done();
          else (members[next] as Process).deliver(message);
        },
      })),
    );
  }
  const rate = await timed(size * rounds, async () => {
    const finished = new Promise<void>((resolve) => (done = resolve));
    (members[0] as Process).deliver({ event: "token", payload: undefined });
    await finished;
  });
  print(`messages around a ring of ${size}`, rate, "/s");
}

async function timed(units: number, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return units / ((performance.now() - startedAt) / 1_000);
}

function memory(): { heapUsed: number; rss: number } {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  return process.memoryUsage();
}

function print(what: string, figure: number, unit: string): void {
  process.stdout.write(`${what.padEnd(40)}${Math.round(figure).toLocaleString("en").padStart(14)} ${unit}\n`);
}
