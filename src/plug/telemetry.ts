import { toError } from "../process/index.ts";
import { type TelemetryEvent, telemetryEvent } from "../telemetry/index.ts";
import type { Conn } from "./conn.ts";
import { onFailure } from "./failure.ts";
import type { Plug } from "./plug.ts";

/** The events of one {@link telemetry} plug. */
export interface PipelineEvents {
  /** A request has come to the plug. */
  readonly start: TelemetryEvent<PipelineStart>;
  /** Its answer is about to be sent; `conn.status` says which. */
  readonly stop: TelemetryEvent<PipelineStop>;
  /** Something behind the plug threw; there is no `stop` then. What the error is answered with is in its `status`. */
  readonly exception: TelemetryEvent<PipelineException>;
}

/** A request that an event is about. */
export interface PipelineStart {
  readonly node: string;
  readonly conn: Conn;
}

/** A request that is over, as far as the pipeline is concerned. */
export interface PipelineStop extends PipelineStart {
  /** Since `start`. Writing the answer to the network is not in it. */
  readonly durationMicroseconds: number;
}

/** A request that failed. */
export interface PipelineException extends PipelineStop {
  readonly error: Error;
}

/**
 * Measures what comes behind it in the pipeline: executes the telemetry events `<prefix>.start`, and `<prefix>.stop`
 * before the answer is sent, or `<prefix>.exception` if something throws. They cost next to nothing while nobody listens.
 *
 * @param options.prefix names the events: words of letters and digits, joined by dots or underscores.
 * @throws at start for a prefix that is none.
 *
 * @example
 * pipeline("api", [telemetry({ prefix: "shop.api" }), accepts("json"), …])
 *
 * pipelineEvents("shop.api").stop.attach(({ conn, durationMicroseconds }) => {
 *   histogram.observe({ status: conn.status }, durationMicroseconds);
 * });
 */
export function telemetry({ prefix }: { readonly prefix: string }): Plug {
  const { start, stop, exception } = pipelineEvents(prefix);
  return (conn) => {
    if (!start.hasSubscribers && !stop.hasSubscribers && !exception.hasSubscribers) return;
    const startedAt = performance.now();
    const node = conn.node.name;
    let over = false;
    conn.beforeSend(() => {
      if (over) return;
      over = true;
      stop.execute({ node, conn, durationMicroseconds: microsecondsSince(startedAt) });
    });
    onFailure(conn, (thrown) => {
      if (over) return;
      over = true;
      exception.execute({ node, conn, durationMicroseconds: microsecondsSince(startedAt), error: toError(thrown) });
    });
    start.execute({ node, conn });
  };
}

/**
 * The events that `telemetry({ prefix })` executes, to listen to.
 *
 * @throws for a prefix that is none.
 */
export function pipelineEvents(prefix: string): PipelineEvents {
  if (!/^\w+(?:\.\w+)*$/.test(prefix)) {
    throw new Error(
      `telemetry(): the prefix ${JSON.stringify(prefix)} has to be words joined by dots, such as "shop.api"`,
    );
  }
  return {
    start: telemetryEvent(`${prefix}.start`),
    stop: telemetryEvent(`${prefix}.stop`),
    exception: telemetryEvent(`${prefix}.exception`),
  };
}

function microsecondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 1000);
}
