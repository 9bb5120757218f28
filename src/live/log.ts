import { logTelemetry, quoted } from "../endpoint/index.ts";
import type { Node } from "../process/index.ts";
import { eventRefused, infoUnhandled, joinRefused } from "./events.ts";

/** Gives what goes wrong between views and browsers its log lines, until the endpoint stops. */
export function logLiveEvents(node: Node): void {
  logTelemetry(node, joinRefused, "warn", ({ topic, reason }) => ({
    message: `refused the join of ${quoted(topic)}: ${reason}`,
  }));
  logTelemetry(node, eventRefused, "warn", ({ view, event, reason }) => ({
    message: `live view "${view}" refused ${quoted(event)}: ${reason}`,
  }));
  logTelemetry(node, infoUnhandled, "warn", ({ view, event }) => ({
    message: `live view "${view}" got the message "${event}" and has no info handler for it`,
  }));
}
