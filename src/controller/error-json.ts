import { reasonPhrase } from "../plug/index.ts";
import type { ErrorReport } from "./error-report.ts";

/** What a client is told in production: `{"errors":{"detail":"Not Found"}}`. */
export function plainJson(status: number): string {
  return JSON.stringify({ errors: { detail: reasonPhrase(status) } });
}

/** The same with everything that a developer wants to know, under `debug`. */
export function developmentJson({ status, reason, errors, source, request }: ErrorReport): string {
  const [{ name, message, stack }, ...causes] = errors;
  const place = source && `${source.file}:${source.line}`;
  return JSON.stringify({
    errors: { detail: reason },
    debug: { status, name, message, place, stack, causes, request },
  });
}
