import { channel } from "node:diagnostics_channel";

/** A named event with a payload type. Declared once, at module level, with {@link telemetryEvent}. */
export interface TelemetryEvent<Payload> {
  /** The channel's name, dot-separated from general to special: `anqa.live.event.stop`. */
  readonly name: string;
  /** False when nobody listens: ask before computing an expensive payload. */
  readonly hasSubscribers: boolean;
  /** Reports one occurrence. A handler that throws does not reach the caller. */
  execute(payload: Payload): void;
  /**
   * Calls `handler` for every occurrence until the returned function is called.
   *
   * Handlers run synchronously inside the reporting code; they must be quick.
   */
  attach(handler: (payload: Payload) => void): () => void;
}

/**
 * Declares an event.
 *
 * @example
 * const orderPlaced = telemetryEvent<{ total: number }>("shop.order.placed");
 * const detach = orderPlaced.attach(({ total }) => revenue.add(total));
 * orderPlaced.execute({ total: 12.5 });
 */
export function telemetryEvent<Payload>(name: string): TelemetryEvent<Payload> {
  const underlying = channel(name);
  return {
    name,
    get hasSubscribers() {
      return underlying.hasSubscribers;
    },
    execute(payload) {
      if (underlying.hasSubscribers) underlying.publish(payload);
    },
    attach(handler) {
      const listener = (payload: unknown) => handler(payload as Payload);
      underlying.subscribe(listener);
      return () => void underlying.unsubscribe(listener);
    },
  };
}
