/** Messages for the next page that a visitor sees; the controller's `fetchFlash()` provides it. */
export interface Flash {
  /** The messages of this request by kind (`info`, `error`, …). */
  readonly messages: Readonly<Record<string, unknown>>;
  /** Sets the message of a kind. */
  put(kind: string, message: unknown): void;
  /** Forgets one kind, or all. */
  clear(kind?: string): void;
}
