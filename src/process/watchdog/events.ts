import { telemetryEvent } from "../../telemetry/index.ts";

/**
 * The event loop stood still for longer than the watchdog's soft limit. Reported once it runs again; while it
 * does not, the watchdog writes to the standard error. It concerns everything in this JavaScript process.
 */
export const eventLoopStall = telemetryEvent<{
  /** How long it stood still. */
  readonly milliseconds: number;
  /** What was running, if the watchdog knows: `live counter <anqa.17>`. */
  readonly process: string | undefined;
  /** Where, if JavaScript could be interrupted. */
  readonly stack: string | undefined;
}>("anqa.event_loop.stall");
