import { debugHtml } from "./debug-page/html.ts";
import { type DebugReport, type DescribedError, describeFailure } from "./debug-page/report.ts";
import type { ErrorFormat } from "./error-format.ts";
import type { FailedRequest } from "./error-views.ts";
import { plainError } from "./plain-error.ts";

/**
 * What a developer is told of an error: what happened, where in the source, on which way, with which causes; and what
 * was known then of the request, the session and the assigns.
 *
 * **It is for development only**, and even there it hides what goes by the name of a password, a token or a secret.
 * Never throws.
 *
 * @returns undefined if it cannot be made; then there is the page of production still.
 */
export function debugPage(format: ErrorFormat, failed: FailedRequest): string | undefined {
  try {
    const report = describeFailure(failed);
    if (format === "html") return debugHtml(report, failed.fields);
    return format === "json" ? debugJson(report, failed) : debugText(report, failed);
  } catch {
    return undefined;
  }
}

/** That of production, and with it everything else under `debug`. */
function debugJson(report: DebugReport, failed: FailedRequest): string {
  const [error, ...causes] = report.errors.map(errorJson);
  const { errors } = JSON.parse(plainError("json", failed)) as { errors: unknown };
  const { pathParams, queryParams, bodyParams, headers, ...request } = report.request;
  const debug = {
    status: report.status,
    ...error,
    causes,
    request: {
      ...request,
      pathParams: Object.fromEntries(pathParams),
      queryParams: Object.fromEntries(queryParams),
      bodyParams: Object.fromEntries(bodyParams),
      headers: Object.fromEntries(headers),
    },
    session: report.session && Object.fromEntries(report.session),
    assigns: Object.fromEntries(report.assigns),
  };
  return JSON.stringify({ errors, debug });
}

function errorJson({ name, message, source, frames, details, hints }: DescribedError) {
  return {
    name,
    message,
    place: source?.frame.place,
    stack: frames.map(({ text }) => text),
    details: Object.fromEntries(details),
    hints,
  };
}

function debugText({ errors, request }: DebugReport, failed: FailedRequest): string {
  const described = errors.map(({ relation, name, message, frames }) =>
    [
      `${relation === undefined ? "" : `${relation} `}${name}: ${message}`,
      ...frames.map(({ text }) => `    ${text}`),
    ].join("\n"),
  );
  return `${plainError("text", failed)}${request.method} ${request.target}\n\n${described.join("\n\n")}\n`;
}
