/**
 * CPU per HTTP request, beside bare `node:http`, Fastify and Hono: `npm run bench:http`. The servers take turns in
 * every run, `RUNS` (5) of `SECONDS` (2) each, and medians are printed.
 *
 * CPU is user and system time of the server's process. Each has one process and 64 connections, on which one
 * request follows the other.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Load } from "./load/worker.ts";

interface Contestant {
  readonly name: string;
  readonly server: string;
  readonly path: string;
  readonly accept: string;
}

const json = { path: "/hello.json", accept: "application/json" };
const contestants: readonly Contestant[] = [
  { name: "node:http, JSON", server: "node", ...json },
  { name: "Anqa, JSON", server: "anqa", ...json },
  { name: "Fastify, JSON", server: "fastify", ...json },
  { name: "Hono, JSON", server: "hono", ...json },
  { name: "Anqa, page through the browser pipeline", server: "anqa", path: "/hello", accept: "text/html" },
];

const runs = Number(process.env.RUNS ?? 5);
const seconds = Number(process.env.SECONDS ?? 2);
/** Milliseconds until all that is hot has been compiled; more code takes longer. */
const warmUp = 4_000;

interface Figure {
  readonly cpu: number;
  readonly rate: number;
}

const figures = new Map<Contestant, Figure[]>(contestants.map((contestant) => [contestant, []]));
for (let run = 1; run <= runs; run++) {
  for (const [contestant, taken] of figures) {
    const figure = await measure(contestant);
    taken.push(figure);
    process.stderr.write(`run ${run}: ${contestant.name}: ${figure.cpu.toFixed(1)} µs\n`);
  }
}
report();

async function measure({ server, path, accept }: Contestant): Promise<Figure> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const app = fork(new URL(`http/${server}.ts`, import.meta.url), {
    execArgv: ["--conditions=anqa-source"],
    env: { ...process.env, PORT: String(port), NODE_ENV: "production" },
  });
  const worker = fork(new URL("load/worker.ts", import.meta.url), { execArgv: ["--conditions=anqa-source"] });
  try {
    await once(app, "message");
    const load: Load = { kind: "requests", path, accept, connections: 64 };
    worker.send({ port, load });
    await once(worker, "message");
    await sleep(warmUp);
    const first = await sample(app, worker);
    await sleep(seconds * 1_000);
    const last = await sample(app, worker);
    const requests = last.units - first.units;
    return {
      cpu: (last.cpuMicroseconds - first.cpuMicroseconds) / requests,
      rate: (requests * 1_000) / (last.at - first.at),
    };
  } finally {
    worker.kill("SIGKILL");
    app.kill("SIGKILL");
    await once(app, "exit");
  }
}

async function sample(app: ChildProcess, worker: ChildProcess) {
  const counted = once(worker, "message");
  const used = once(app, "message");
  worker.send("count");
  app.send("cpu");
  const [[{ units }], [{ cpuMicroseconds }]] = await Promise.all([counted, used]);
  return { units: units as number, cpuMicroseconds: cpuMicroseconds as number, at: performance.now() };
}

function report(): void {
  const medians = contestants.map((contestant) => median(figures.get(contestant) as Figure[]));
  const floor = medians[0] as Figure;
  const lines = contestants.map(({ name }, index) => {
    const { cpu, rate } = medians[index] as Figure;
    const times = name.endsWith("JSON") ? `${(cpu / floor.cpu).toFixed(2)} ×` : "";
    return `| ${name} | ${Math.round(rate).toLocaleString("en")} | ${cpu.toFixed(1)} | ${times} |`;
  });
  const head = ["| server | requests/s | µs CPU per request | of node:http |", "|---|---|---|---|"];
  const table = [
    ...head,
    ...lines,
    "",
    `Node ${process.version}, 64 connections, ${runs} run(s) of ${seconds} s each, medians.`,
  ];
  process.stdout.write(`${table.join("\n")}\n`);
  if (process.env.SAVE === undefined) return;
  const folder = new URL("./results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${process.env.SAVE}.md`, folder), `${table.join("\n")}\n`);
}

function median(taken: readonly Figure[]): Figure {
  return taken.toSorted((left, right) => left.cpu - right.cpu)[Math.floor(taken.length / 2)] as Figure;
}
