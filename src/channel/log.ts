import { logTelemetry } from "../endpoint/index.ts";
import type { Node } from "../process/index.ts";
import { connectionDropped, connectRefused, messageRefused } from "./events.ts";

/** Gives what goes wrong on sockets and channels its log lines, until the endpoint stops. */
export function logSocketEvents(node: Node): void {
  logTelemetry(node, connectRefused, "warn", ({ mount, status, reason }) => ({
    message: `refused a connection to ${mount} with ${status}: ${reason}`,
  }));
  logTelemetry(node, connectionDropped, "warn", ({ mount, code, reason }) => ({
    message: `closed a connection to ${mount} with ${code}: ${reason}`,
  }));
  logTelemetry(node, messageRefused, "warn", ({ topic, event, reason }) => ({
    message: `refused "${event}" on "${topic}": ${reason}`,
  }));
}
