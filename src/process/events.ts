import { telemetryEvent } from "../telemetry/index.ts";
import type { Pid } from "./pid.ts";

/** A process ended with an error; nothing else did. */
export const processCrash = telemetryEvent<{ node: string; pid: Pid; label: string; error: Error }>(
  "anqa.process.crash",
);

/** A supervisor starts a child again after it ended with `reason`. */
export const childRestart = telemetryEvent<{ node: string; supervisor: string; child: string; reason: string }>(
  "anqa.supervisor.restart",
);
