import { inspect } from "node:util";
import type { DescribedError } from "./protocol.ts";

/** Causes of causes that are told. */
const mostCauses = 8;

/** Puts what was thrown into words. */
export function describeError(thrown: unknown, causes = mostCauses): DescribedError {
  if (!(thrown instanceof Error)) {
    const message = `a value that is no Error was thrown: ${inspect(thrown)}`;
    return { name: "Error", message, stack: undefined, code: undefined, cause: undefined };
  }
  const { name, message, stack, cause } = thrown;
  const code = (thrown as { code?: unknown }).code;
  return {
    name: String(name),
    message: String(message),
    stack: typeof stack === "string" ? stack : undefined,
    code: typeof code === "string" || typeof code === "number" ? code : undefined,
    cause: cause === undefined || causes === 0 ? undefined : describeError(cause, causes - 1),
  };
}

/** An error that says the same. */
export function errorFrom({ name, message, stack, code, cause }: DescribedError): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause: errorFrom(cause) });
  Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  if (stack !== undefined) error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}
