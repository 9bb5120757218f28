import type { Conn, FieldErrors } from "../plug/index.ts";
import { Rendered, toHtml } from "../template/index.ts";
import type { ErrorFormat } from "./error-format.ts";
import { errorViewFailed } from "./events.ts";
import { jsonText } from "./send-data.ts";

/** What an error view is told. Of `error` nothing belongs on a page that strangers see. */
export interface FailedRequest {
  /** The status that is sent. */
  readonly status: number;
  /** Its reason phrase: `Not Found`. */
  readonly reason: string;
  /** What a schema found wrong with the params, by field; its sentences are meant to be shown. Undefined for other errors. */
  readonly fields: FieldErrors | undefined;
  readonly conn: Conn;
  /** Anything that was thrown. */
  readonly error: unknown;
}

/**
 * What an application shows of errors in place of the framework's own pages; the option `errors` of `endpoint`.
 *
 * A view is called wherever something failed, with a conn that perhaps went through no pipeline: it can count on
 * neither session nor flash. If it throws, the framework's own page is sent. It may set headers, such as another
 * content type.
 *
 * @example
 * endpoint({
 *   router: appRouter,
 *   errors: {
 *     html: ({ status, reason }) => Document(html`<h1>${status === 404 ? "There is no such page." : reason}</h1>`),
 *     json: ({ status, reason, fields }) => ({ status, title: reason, fields }),
 *   },
 * });
 */
export interface ErrorViews {
  /** The whole document. Its content security policy is that of `putSecureBrowserHeaders()`, unless one is set. */
  readonly html?: (request: FailedRequest) => Rendered;
  /** What it returns is sent as JSON. */
  readonly json?: (request: FailedRequest) => unknown;
  /** `false` shows these views in development too, instead of the page that shows the error. */
  readonly debug?: false;
}

/**
 * Looks at the option once, at start.
 *
 * @throws one sentence if it is not what it should be.
 */
export function checkErrorViews(views: ErrorViews): void {
  for (const [name, value] of Object.entries(views)) {
    if (name === "debug" ? value === undefined || value === false : isView(name, value)) continue;
    throw new TypeError(
      `the endpoint's option errors has ${JSON.stringify(name)}: ${String(value)}; it takes functions html and json, ` +
        "and { debug: false } to see them in development",
    );
  }
}

function isView(name: string, value: unknown): boolean {
  return (name === "html" || name === "json") && (value === undefined || typeof value === "function");
}

/**
 * What the application's view makes of an error. Never throws: a view that fails is reported.
 *
 * @returns undefined if there is no view for this format, or it failed.
 */
export function shownByView(format: ErrorFormat, failed: FailedRequest, views: ErrorViews): string | undefined {
  const { conn, status } = failed;
  try {
    if (format === "html" && views.html !== undefined) return markup(views.html(failed));
    if (format === "json" && views.json !== undefined) return jsonText(conn, views.json(failed));
  } catch (thrown) {
    const error =
      thrown instanceof Error ? thrown : new Error("the error view threw what is no Error", { cause: thrown });
    const { node, method, requestPath: path } = conn;
    errorViewFailed.execute({ node: node.name, method, path, format: format as "html" | "json", status, error });
    if (!conn.sent) conn.deleteHeader("content-type");
  }
  return undefined;
}

function markup(shown: unknown): string {
  if (shown instanceof Rendered) return toHtml(shown);
  throw new TypeError(`the error view for html made a value of type ${typeof shown}; it has to make html\`…\``);
}
