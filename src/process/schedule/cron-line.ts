import { Cron } from "croner";

/** The moments that a cron line names. */
export interface CronLine {
  /** The first of them after a moment, both in milliseconds since 1970; undefined if there is none. */
  after(moment: number): number | undefined;
}

/**
 * Reads a cron line of five fields (minute, hour, day, month, weekday), or six with seconds before them.
 *
 * @param timeZone an IANA name such as `Europe/Berlin`; without one the machine's.
 * @throws if the line or the time zone cannot be understood.
 */
export function readCronLine(line: string, timeZone?: string): CronLine {
  try {
    const zone = timeZone === undefined ? {} : { timezone: timeZone };
    const cron = new Cron(line, { mode: "5-or-6-parts", ...zone });
    cron.nextRun(); // a time zone is looked up with the first question
    return { after: (moment) => cron.nextRun(new Date(moment))?.getTime() };
  } catch (error) {
    const where = timeZone === undefined ? "" : ` in the time zone "${timeZone}"`;
    throw new Error(
      `the cron line "${line}"${where} cannot be understood. It has five fields, minute hour day month weekday: ` +
        `"30 2 * * mon" is every Monday at half past two`,
      { cause: error },
    );
  }
}
