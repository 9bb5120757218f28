import { logTelemetry, quoted } from "../endpoint/index.ts";
import type { Node } from "../process/index.ts";
import { connectionDropped, connectRefused, messageRefused, processKilled } from "./events.ts";

/** Gives what goes wrong on sockets and channels its log lines, until the endpoint stops. */
export function logSocketEvents(node: Node): void {
  logTelemetry(node, connectRefused, "warn", ({ mount, status, reason }) => ({
    message: `refused a connection to ${mount} with ${status}: ${reason}`,
  }));
  logTelemetry(node, connectionDropped, "warn", ({ mount, code, reason }) => ({
    message: `closed a connection to ${mount} with ${code}: ${reason}`,
  }));
  logTelemetry(node, messageRefused, "warn", ({ topic, event, reason }) => ({
    message: `refused ${quoted(event)} on ${quoted(topic)}: ${reason}`,
  }));
  logTelemetry(node, processKilled, "warn", ({ label, topic, milliseconds }) => ({
    message:
      `killed ${label} of ${quoted(topic)}, which was still busy ${milliseconds} ms after its client had left: ` +
      "a handler waits for something that does not happen",
  }));
}
