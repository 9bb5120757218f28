/**
 * The key under which a node keeps one of its own parts: its PubSub, its endpoint, its repo.
 *
 * Such parts are never module-level variables, so that two nodes in one JavaScript process do not meet.
 */
export interface Service<T> {
  readonly name: string;
  /** Carries the type only; never present. */
  readonly type?: T;
}

/** Declares a service key. Two keys are different even if they share a name. */
export function service<T>(name: string): Service<T> {
  return Object.freeze({ name });
}
