import { readCronLine } from "./cron-line.ts";

/** When a job runs. Moments are milliseconds since 1970. */
export interface Timing {
  /** For people: `every 5000 ms`, or the cron line. */
  readonly description: string;
  /** Whether it follows the clock on the wall, which people and daylight saving set. */
  readonly wallClock: boolean;
  /**
   * The next moment after `now`.
   *
   * @param due the moment before it.
   */
  after(now: number, due?: number): number;
}

/** @throws if the interval is no positive number. */
export function interval(milliseconds: number): Timing {
  if (!(milliseconds > 0 && Number.isFinite(milliseconds))) {
    throw new Error(`every(${milliseconds}, …): the interval is a number of milliseconds, more than none`);
  }
  return {
    description: `every ${milliseconds} ms`,
    wallClock: false,
    // Moments that have been missed, because the machine slept, are not made up for; the beat is kept.
    after: (now, due = now) => now + milliseconds - ((((now - due) % milliseconds) + milliseconds) % milliseconds),
  };
}

/** @throws if the line cannot be understood, or names no moment that is still to come. */
export function cronTiming(line: string, timeZone?: string): Timing {
  const moments = readCronLine(line, timeZone);
  if (moments.after(Date.now()) === undefined)
    throw new Error(`the cron line "${line}" names no moment that ever comes`);
  return {
    description: line,
    wallClock: true,
    after: (now) => moments.after(now) ?? Number.POSITIVE_INFINITY,
  };
}
