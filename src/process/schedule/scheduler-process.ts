import type { Behaviour } from "../behaviour.ts";
import type { ExitReason } from "../message.ts";
import type { Process } from "../process.ts";
import { type Patience, stopProcesses, supervisorPatience } from "../stop-process.ts";
import { jobSkip, jobStop } from "./events.ts";
import type { Job, NextRun } from "./job.ts";

/** The longest delay of a timer, 24 days; what is further away is approached in steps. */
const longestDelay = 2 ** 31 - 1;

/** With jobs by the clock on the wall one looks at it once a minute: somebody may have set it, or the machine slept. */
const longestWallClockDelay = 60_000;

const alarm = { event: "alarm", payload: undefined } as const;

interface Entry {
  readonly job: Job;
  next: number;
  process: Process | undefined;
  runs: number;
  skipped: number;
}

/** Starts each job in a process of its own when its time has come. One timer serves all of them. */
export class SchedulerProcess implements Behaviour {
  readonly #process: Process;
  readonly #name: string;
  readonly #patience: Patience;
  readonly #entries: Entry[];
  readonly #longestDelay: number;

  constructor(process: Process, name: string, jobs: readonly Job[], patience: Patience) {
    this.#process = process;
    this.#name = name;
    this.#patience = patience;
    const now = Date.now();
    this.#entries = jobs.map((job) => ({ job, next: job.timing.after(now), process: undefined, runs: 0, skipped: 0 }));
    this.#longestDelay = jobs.some(({ timing }) => timing.wallClock) ? longestWallClockDelay : longestDelay;
    process.onExit(() => {
      for (const run of this.#running()) run.exit("killed"); // by now only if this process was killed
    });
    this.#setAlarm(now);
  }

  /** What waits, in the order of the jobs. */
  nextRuns(): NextRun[] {
    return this.#entries.map(({ job, next, process, runs, skipped }) => ({
      scheduler: this.#name,
      job: job.name,
      at: new Date(next),
      running: process !== undefined,
      runs,
      skipped,
    }));
  }

  receive(): void {
    const now = Date.now();
    for (const entry of this.#entries) {
      const { timing } = entry.job;
      if (entry.next > now)
        entry.next = Math.min(entry.next, timing.after(now)); // the clock may have been set back
      else {
        const due = entry.next;
        entry.next = timing.after(now, due);
        if (entry.process === undefined) this.#start(entry, due);
        else this.#skip(entry);
      }
    }
    this.#setAlarm(now);
  }

  get terminateTimeout(): number {
    return supervisorPatience;
  }

  async terminate(): Promise<void> {
    await stopProcesses(this.#running(), () => this.#patience);
  }

  #setAlarm(now: number): void {
    const next = Math.min(...this.#entries.map((entry) => entry.next));
    if (next === Number.POSITIVE_INFINITY) return;
    this.#process.sendAfter(alarm, Math.min(Math.max(next - now, 0), this.#longestDelay));
  }

  #start(entry: Entry, due: number): void {
    const { node } = this.#process;
    const startedAt = performance.now();
    entry.runs++;
    const run = node.spawn(`job ${entry.job.name}`, (process) => {
      const done = () => {
        process.exit("normal");
        return { receive() {} };
      };
      const pending = entry.job.run({ node, at: new Date(due) });
      return pending instanceof Promise ? pending.then(done) : done();
    });
    entry.process = run;
    run.onExit((reason) => {
      entry.process = undefined;
      this.#report(entry, performance.now() - startedAt, reason);
    });
  }

  #skip(entry: Entry): void {
    entry.skipped++;
    const { name } = this.#process.node;
    jobSkip.execute({ node: name, scheduler: this.#name, job: entry.job.name, skipped: entry.skipped });
  }

  #report({ job }: Entry, milliseconds: number, reason: ExitReason): void {
    const error = reason instanceof Error ? reason : undefined;
    jobStop.execute({ node: this.#process.node.name, scheduler: this.#name, job: job.name, milliseconds, error });
  }

  #running(): Process[] {
    return this.#entries.flatMap(({ process }) => process ?? []);
  }
}
