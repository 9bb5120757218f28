/**
 * Measures `bench/app.ts` with client processes of its own and prints a table, the figures of Phoenix on
 * a machine of the same size beside ours. `npm run bench -- clicks` runs what has "clicks" in its name;
 * `RUNS=3` repeats everything and prints medians.
 *
 * CPU is user and system time of the server process per unit of work. The load shares the machine's
 * cores, so throughput depends on it; CPU per unit does not.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { get } from "./load/http.ts";
import type { Load } from "./load/worker.ts";

interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly load: Load;
  /** Whether memory per connection is wanted instead of work per second. */
  readonly memory?: number;
  /** Phoenix's figure: microseconds of CPU per unit, or KB per connection. */
  readonly phoenix: number;
  /** Ours to reach. */
  readonly aim?: number;
}

const seconds = Number(process.env.SECONDS ?? 4);
const runs = Number(process.env.RUNS ?? 1);

const measurements: readonly Measurement[] = [
  {
    name: "GET /hello.json, 64 connections",
    unit: "requests",
    load: { kind: "requests", path: "/hello.json", accept: "application/json", connections: 64 },
    phoenix: 36,
    aim: 22,
  },
  {
    name: "GET /hello, 64 connections",
    unit: "requests",
    load: { kind: "requests", path: "/hello", accept: "text/html", connections: 64 },
    phoenix: 139,
    aim: 55,
  },
  {
    name: "channel, idle",
    unit: "KB",
    load: { kind: "idle_channels", count: 10_000 },
    memory: 10_000,
    phoenix: 29,
    aim: 10,
  },
  {
    name: "/counter, idle",
    unit: "KB",
    load: { kind: "idle_views", path: "/counter", count: 10_000 },
    memory: 10_000,
    phoenix: 49,
    aim: 14,
  },
  {
    name: "/dash, idle",
    unit: "KB",
    load: { kind: "idle_views", path: "/dash", count: 10_000 },
    memory: 10_000,
    phoenix: 410,
    aim: 30,
  },
  { name: "shout to 1,000", unit: "deliveries", load: { kind: "shout", count: 1_000 }, phoenix: 9.2, aim: 8 },
  { name: "shout to 10,000", unit: "deliveries", load: { kind: "shout", count: 10_000 }, phoenix: 11.4, aim: 8 },
  { name: "echo, 1 connection", unit: "replies", load: { kind: "echo", connections: 1 }, phoenix: 19.8 },
  { name: "echo, 100 connections", unit: "replies", load: { kind: "echo", connections: 100 }, phoenix: 25.8 },
  { name: "clicks on /counter, 1 connection", unit: "clicks", load: { kind: "clicks", connections: 1 }, phoenix: 29 },
  {
    name: "clicks on /counter, 100 connections",
    unit: "clicks",
    load: { kind: "clicks", connections: 100 },
    phoenix: 18.4,
  },
  {
    name: "/chat, 1,000 viewers",
    unit: "diffs",
    load: { kind: "chat", path: "/chat", count: 1_000 },
    phoenix: 134,
    aim: 20,
  },
  {
    name: "/chat_keyed, 1,000 viewers",
    unit: "diffs",
    load: { kind: "chat", path: "/chat_keyed", count: 1_000 },
    phoenix: 86,
  },
  { name: "/dash, 1,000 viewers", unit: "diffs", load: { kind: "dash", path: "/dash", count: 1_000 }, phoenix: 136 },
];

/** One figure and what belongs to it. */
interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly perSecond: number | undefined;
  readonly bytes: number | undefined;
  /** Microseconds of CPU per unit, or KB per connection. */
  readonly cost: number;
}

const wanted = process.argv[2] ?? "";
const results = new Map<string, Figure[]>();
for (let run = 1; run <= runs; run++) {
  for (const measurement of measurements.filter(({ name }) => name.includes(wanted))) {
    const figure = await measure(measurement);
    results.set(figure.name, [...(results.get(figure.name) ?? []), figure]);
    process.stderr.write(`run ${run}: ${figure.name}: ${figure.cost.toFixed(1)}\n`);
  }
}
report();

async function measure(measurement: Measurement): Promise<Figure> {
  const { name, unit } = measurement;
  const { app, port } = await startApplication();
  const worker = fork(new URL("./load/worker.ts", import.meta.url), { execArgv: ["--conditions=anqa-source"] });
  try {
    const before = await memory(port);
    const ready = once(worker, "message");
    worker.send({ port, load: measurement.load });
    await Promise.race([ready, failed(worker), failed(app)]);
    if (measurement.memory !== undefined) {
      await sleep(2_000);
      const after = await memory(port);
      return {
        name,
        unit,
        perSecond: undefined,
        bytes: undefined,
        cost: (after.rss - before.rss) / 1024 / measurement.memory,
      };
    }
    await sleep(1_500);
    const first = await sample(worker, port);
    await sleep(seconds * 1_000);
    const last = await sample(worker, port);
    const units = last.units - first.units;
    if (units === 0) throw new Error(`${name}: nothing happened`);
    return {
      name,
      unit,
      perSecond: (units * 1_000) / (last.at - first.at),
      bytes: last.bytes === 0 ? undefined : (last.bytes - first.bytes) / units,
      cost: (last.cpuMicroseconds - first.cpuMicroseconds) / units,
    };
  } finally {
    worker.kill("SIGKILL");
    app.kill("SIGKILL");
    await once(app, "exit");
  }
}

async function startApplication(): Promise<{ app: ChildProcess; port: number }> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const app = fork(new URL("./app.ts", import.meta.url), {
    execArgv: ["--conditions=anqa-source", "--expose-gc"],
    env: { ...process.env, PORT: String(port), NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    await sleep(50);
    if (app.exitCode !== null) throw new Error("the application did not start");
    const answered = await get(port, "/hello.json").catch(() => undefined);
    if (answered !== undefined) return { app, port };
  }
  throw new Error(`the application does not answer on port ${port}`);
}

async function memory(port: number): Promise<{ rss: number; cpuMicroseconds: number }> {
  return JSON.parse((await get(port, "/mem?gc=1")).body);
}

async function sample(worker: ChildProcess, port: number) {
  const answer = once(worker, "message");
  worker.send("count");
  const [{ units, bytes }] = await answer;
  const { cpuMicroseconds } = JSON.parse((await get(port, "/mem")).body) as { cpuMicroseconds: number };
  return { units: units as number, bytes: bytes as number, cpuMicroseconds, at: performance.now() };
}

async function failed(child: ChildProcess): Promise<never> {
  const [code, signal] = await once(child, "exit");
  throw new Error(`a process of the measurement ended: ${code ?? signal}`);
}

function report(): void {
  const lines = measurements
    .filter(({ name }) => results.has(name))
    .map(({ name, unit, phoenix, aim, memory }) => {
      const figures = (results.get(name) as Figure[]).toSorted((left, right) => left.cost - right.cost);
      const { perSecond, bytes, cost } = figures[Math.floor(figures.length / 2)] as Figure;
      const rate = perSecond === undefined ? "" : `${Math.round(perSecond).toLocaleString("en")} ${unit}/s`;
      const measure = memory === undefined ? "µs CPU" : "KB";
      const size = bytes === undefined ? "" : `${Math.round(bytes)} B`;
      return `| ${name} | ${rate} | ${size} | ${cost.toFixed(1)} ${measure} | ${aim ?? ""} | ${phoenix} |`;
    });
  const table = ["| work | rate | size | ours | aim | Phoenix |", "|---|---|---|---|---|---|", ...lines].join("\n");
  process.stdout.write(`${table}\n\nNode ${process.version}, ${runs} run(s), ${seconds} s each.\n`);
  if (process.env.SAVE !== undefined) {
    const folder = new URL("./results/", import.meta.url);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      new URL(`${process.env.SAVE}.md`, folder),
      `${table}\n\nNode ${process.version}, ${runs} run(s), ${seconds} s each.\n`,
    );
  }
}
