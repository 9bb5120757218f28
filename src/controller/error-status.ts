/**
 * The HTTP status that an error is answered with: its own `status` if that is one from 400 to 599, or else 500.
 *
 * Never throws, whatever was thrown.
 */
export function statusOf(error: unknown): number {
  const status = propertyOf(error, "status");
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599 ? (status as number) : 500;
}

/** The headers that an error wants on its response, such as `allow`; only those that are texts. */
export function headersOf(error: unknown): readonly (readonly [name: string, value: string])[] {
  const headers = propertyOf(error, "headers");
  if (typeof headers !== "object" || headers === null) return [];
  return Object.entries(headers).filter((header): header is [string, string] => typeof header[1] === "string");
}

function propertyOf(error: unknown, name: string): unknown {
  try {
    return typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}
