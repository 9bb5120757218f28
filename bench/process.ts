/**
 * What processes cost on one worker: `npm run bench:process`. Bytes of an idle process, of a supervised
 * GenServer with its child entry and of a routine parked in `receive`; spawns, messages, calls and restarts per
 * second. `COUNT=1000000` for the million.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  application,
  type Behaviour,
  createNode,
  dynamicSupervisor,
  genServer,
  type Process,
  reply,
} from "anqa/process";

const node = createNode("bench");
const Counter = genServer("counter")
  .init((start: number) => ({ count: start }))
  .call("add", (amount: number, { count: present }) => reply(present + amount, { count: present + amount }))
  .cast("crash", () => {
    throw new Error("crash");
  });
const counters = dynamicSupervisor(Counter, { maxRestarts: Number.POSITIVE_INFINITY });

memory();
await oneWay();
await pingPong();
await ring(1_000);
await calls();
await restarts();

/** Each figure from a program of its own, because memory that was used before is not given back. */
function memory(): void {
  const program = fileURLToPath(new URL("process-memory.ts", import.meta.url));
  for (const what of ["idle", "server", "routine"]) {
    spawnSync(process.execPath, [...process.execArgv, program, what], { stdio: "inherit" });
  }
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

async function calls(): Promise<void> {
  const server = await Counter.start(node, 0);
  const rounds = 300_000;
  const oneByOne = await timed(rounds, async () => {
    for (let called = 0; called < rounds; called++) await server.call("add", 1);
  });
  print("GenServer calls, one after the other", oneByOne, "/s");
  const atOnce = 100;
  const together = await timed(rounds, async () => {
    for (let called = 0; called < rounds; called += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, () => server.call("add", 1)));
    }
  });
  print(`GenServer calls, ${atOnce} at once`, together, "/s");
}

async function restarts(): Promise<void> {
  const running = await application({ children: [counters] }).start();
  const children = counters.on(running.node);
  const atOnce = 100;
  for (let started = 0; started < atOnce; started++) await children.startChild(0);
  const rounds = 100;
  const rate = await timed(rounds * atOnce, async () => {
    for (let round = 0; round < rounds; round++) {
      const crashing = children.children();
      for (const one of crashing) Counter.ref(running.node, one).cast("crash");
      while (crashing.some((one) => !one.ended) || children.children().length < atOnce) {
        await new Promise(setImmediate);
      }
    }
  });
  print("restarts after a crash", rate, "/s");
  await running.stop();
}

async function timed(units: number, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return units / ((performance.now() - startedAt) / 1_000);
}

function print(what: string, figure: number, unit: string): void {
  process.stdout.write(`${what.padEnd(44)}${Math.round(figure).toLocaleString("en").padStart(12)} ${unit}\n`);
}
