import { type Conn, type HeaderSet, headerSet } from "../plug/index.ts";
import { Raw, Rendered, toHtml } from "../template/index.ts";
import { contentTypeOf } from "./format.ts";
import { type Layouts, putIntoLayouts } from "./layout.ts";
import { htmlType, jsonText, jsonType, sendAs } from "./send-data.ts";
import type { Status } from "./status.ts";
import { type AssignsOf, formatOf, type View } from "./view.ts";

/** How a page is answered. */
export interface RenderOptions {
  /** `conn.status` if absent, or else 200. */
  readonly status?: Status;
  /** For the layout's `<title>`. */
  readonly pageTitle?: string;
  /** Stands in place of the layouts of `putLayout`, inside of the root layout. `false` sends the page alone, without the root layout as well. */
  readonly layout?: Layouts | false;
}

/**
 * Answers with a page, in its layouts: those of `putLayout`, and around them that of `putRootLayout`.
 *
 * It takes a page of `html`, or a {@link View} and what it is to show. A view answers in the format of the conn, which
 * `accepts()` or `putFormat()` chose; where neither ran, it chooses itself among its own.
 *
 * The content type is that of the format, unless one was set before.
 *
 * @throws if the request is already answered, and what view and layouts throw; then nothing has been sent. HttpError
 * 406 if the view has no such format.
 *
 * @example
 * render(conn, html`<h1>Hello, ${name}</h1>`, { pageTitle: "Hello" });
 * render(conn, PostView, { post }, { status: "created" });
 */
export function render(conn: Conn, rendered: Rendered, options?: RenderOptions): void;
export function render<Shown extends View<never>>(
  conn: Conn,
  view: Shown,
  assigns: AssignsOf<Shown>,
  options?: RenderOptions,
): void;
export function render(conn: Conn, page: Rendered | View<never>, second?: unknown, options: RenderOptions = {}): void {
  if (page instanceof Rendered) sendPage(conn, "html", page, (second ?? {}) as RenderOptions);
  else renderView(conn, page, second as never, options);
}

function renderView(conn: Conn, view: View<never>, assigns: never, options: RenderOptions): void {
  const format = formatOf(conn, view);
  const shown = view[format]?.(assigns, conn);
  if (format === "json") sendAs(conn, jsonType, jsonText(conn, shown), options.status);
  else if (shown instanceof Rendered) sendPage(conn, format, shown, options);
  // A text is nobody's markup before somebody says so.
  else if (format === "html") throw unsendable(conn, format, shown);
  else if (typeof shown === "string" || shown instanceof Uint8Array) send(conn, format, shown, options.status);
  else if (shown instanceof Raw) send(conn, format, shown.markup, options.status);
  else throw unsendable(conn, format, shown);
}

function sendPage(conn: Conn, format: string, page: Rendered, options: RenderOptions): void {
  const { layout, pageTitle, status } = options;
  const whole = layout === false ? page : putIntoLayouts(conn, format, page, pageTitle, layout);
  send(conn, format, toHtml(whole), status);
}

function send(conn: Conn, format: string, body: string | Uint8Array, status: Status | undefined): void {
  sendAs(conn, format === "html" ? htmlType : typeOf(conn, format), body, status);
}

function typeOf(conn: Conn, format: string): HeaderSet {
  const type = contentTypeOf(format);
  if (type !== undefined) return type;
  if (conn.getHeader("content-type") !== undefined) return noHeaders;
  throw new Error(
    `${conn.method} ${conn.path}: no content type is known for the format ${JSON.stringify(format)}; ` +
      'set one before render(), with conn.setHeader("content-type", …)',
  );
}

const noHeaders = headerSet({});

function unsendable(conn: Conn, format: string, shown: unknown): TypeError {
  const what =
    shown instanceof Promise ? "a promise; await what it shows before render()" : `a value of type ${typeof shown}`;
  return new TypeError(
    `${conn.method} ${conn.path}: the view's function ${format} made ${what}. ` +
      "Functions of views make html`…`, text or bytes, and the one for json a value to be written as JSON",
  );
}
