import type { Pid } from "../process/index.ts";
import { telemetryEvent } from "../telemetry/index.ts";

/** A view was mounted: for a request (`connected` false) or for a browser that joined. */
export const viewMount = telemetryEvent<{
  readonly node: string;
  readonly view: string;
  readonly connected: boolean;
  /** Time from the request or join to the finished page. */
  readonly milliseconds: number;
}>("anqa.live.mount");

/** A handler is done, or has thrown `error`, which ends the view. */
export const eventStop = telemetryEvent<{
  readonly node: string;
  readonly pid: Pid;
  readonly view: string;
  readonly kind: "event" | "info" | "params";
  /** Name of the event or message; of params the path. */
  readonly event: string;
  readonly milliseconds: number;
  readonly error?: Error;
}>("anqa.live.event.stop");

/** A message of the client reached no handler: it was malformed, of an unknown kind, or its schema refused it. The view goes on. */
export const eventRefused = telemetryEvent<{
  readonly node: string;
  readonly pid: Pid;
  readonly view: string;
  readonly event: string;
  readonly reason: string;
}>("anqa.live.event.refused");

/** A message that came over no topic found no `info` handler and was dropped. */
export const infoUnhandled = telemetryEvent<{
  readonly node: string;
  readonly pid: Pid;
  readonly view: string;
  readonly event: string;
}>("anqa.live.info.unhandled");

/** A join was answered with an error. */
export const joinRefused = telemetryEvent<{
  readonly node: string;
  readonly topic: string;
  readonly reason: string;
}>("anqa.live.join.refused");
