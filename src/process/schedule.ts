import type { Node } from "./node.ts";
import type { Job, JobRun, NextRun } from "./schedule/job.ts";
import { SchedulerProcess } from "./schedule/scheduler-process.ts";
import { cronTiming, interval, type Timing } from "./schedule/timing.ts";
import { service } from "./service.ts";
import { type Patience, supervisorPatience } from "./stop-process.ts";
import type { ChildSpec } from "./supervisor.ts";

export type { Job, JobRun, NextRun } from "./schedule/job.ts";

export interface JobOptions {
  /** For logs and lists. By default the function's name; without one the interval, or the cron line. */
  readonly name?: string;
}

export interface CronOptions extends JobOptions {
  /** Whose clock: an IANA name such as `Europe/Berlin`. By default the machine's. */
  readonly timeZone?: string;
}

export interface SchedulerOptions {
  readonly jobs: readonly Job[];
  /** The name that its process is registered under, default `scheduler`. Another scheduler needs another one. */
  readonly name?: string;
  /** Milliseconds that runs get to end when the scheduler stops, default 5,000. */
  readonly shutdown?: Patience;
}

const schedulers = service<Set<SchedulerProcess>>("scheduler");

/**
 * A child that runs jobs at certain times: after intervals, and by cron lines.
 *
 * Each run is a process of its own. One that fails is reported like any crash, and its job goes on; one that is
 * still going on when its job is due again has it left out (`anqa.job.skip`): a job never overlaps itself.
 * Nothing is remembered over a restart, and moments at which the machine was off or asleep are not made up for.
 *
 * **Every node runs all of its jobs.** With several machines, each of them does.
 *
 * @example
 * application({
 *   children: [
 *     Repo,
 *     scheduler({ jobs: [every(60_000, deleteExpiredCarts), cron("30 2 * * *", sendReports, { timeZone: "Europe/Berlin" })] }),
 *   ],
 * });
 */
export function scheduler({ jobs, name = "scheduler", shutdown = 5_000 }: SchedulerOptions): ChildSpec {
  const distinct = withDistinctNames(jobs);
  return {
    id: name,
    shutdown: supervisorPatience,
    start: (node) =>
      node.spawn(
        "scheduler",
        (process) => {
          const self = new SchedulerProcess(process, name, distinct, shutdown);
          const others = node.findService(schedulers) ?? new Set();
          node.provide(schedulers, others.add(self));
          process.onExit(() => others.delete(self));
          return self;
        },
        { name },
      ),
  };
}

/**
 * A job that runs every so many milliseconds, for the first time after the first of them.
 *
 * @throws if that is no positive number.
 */
export function every(milliseconds: number, run: (run: JobRun) => void | Promise<void>, options?: JobOptions): Job {
  return job(interval(milliseconds), run, options);
}

/**
 * A job that runs at the times of a cron line: minute, hour, day, month, weekday; with six fields the first one
 * is the second.
 *
 * When clocks are put forward, a fixed time that does not exist is moved behind the gap; when they are put back,
 * a fixed time that exists twice counts once.
 *
 * @throws if the line or the time zone cannot be understood, or no moment of it ever comes.
 */
export function cron(line: string, run: (run: JobRun) => void | Promise<void>, options: CronOptions = {}): Job {
  return job(cronTiming(line, options.timeZone), run, options);
}

/** The jobs of all schedulers on a node, with the times at which they run next, soonest first. */
export function nextRuns(node: Node): NextRun[] {
  return [...(node.findService(schedulers) ?? [])]
    .flatMap((one) => one.nextRuns())
    .sort((left, right) => left.at.getTime() - right.at.getTime());
}

function job(timing: Timing, run: (run: JobRun) => void | Promise<void>, { name }: JobOptions = {}): Job {
  return { name: name ?? (run.name === "" ? timing.description : run.name), timing, run };
}

/** The second job of a name gets a number, so that a list tells them apart. */
function withDistinctNames(jobs: readonly Job[]): Job[] {
  const seen = new Map<string, number>();
  return jobs.map((one) => {
    const times = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, times);
    return times === 1 ? one : { ...one, name: `${one.name} (${times})` };
  });
}
