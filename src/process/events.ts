import { telemetryEvent } from "../telemetry/index.ts";
import type { Message } from "./message.ts";
import type { Pid } from "./pid.ts";

/** A process ended with an error; nothing else did. */
export const processCrash = telemetryEvent<{ node: string; pid: Pid; label: string; error: Error }>(
  "anqa.process.crash",
);

/** A supervisor starts a child again after it ended with `reason`. */
export const childRestart = telemetryEvent<{ node: string; supervisor: string; child: string; reason: string }>(
  "anqa.supervisor.restart",
);

/** An error that nobody caught, in the name of no process. */
export const strayError = telemetryEvent<{ node: string; error: Error }>("anqa.process.stray");

/** A traced process is about to handle a message, see `Node.trace`. */
export const messageHandled = telemetryEvent<{ node: string; pid: Pid; message: Message }>("anqa.process.message");
