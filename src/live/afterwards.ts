/**
 * Goes on when a callback is done: at once if it gave back a value, so that synchronous ones cost no promise.
 *
 * @param result what the callback returned; anything with a `then` is awaited.
 */
export function afterwards<T>(result: unknown, next: () => T | Promise<T>): T | Promise<T> {
  return isThenable(result) ? Promise.resolve(result).then(next) : next();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
