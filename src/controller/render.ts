import { type Conn, headerSet } from "../plug/index.ts";
import { type Rendered, toHtml } from "../template/index.ts";
import { putIntoLayout } from "./layout.ts";

/** How a page is answered. */
export interface RenderOptions {
  /** `conn.status` if absent, or else 200. */
  readonly status?: number;
  /** For the layout's `<title>`. */
  readonly pageTitle?: string;
  /** `false` sends what was rendered without the root layout. */
  readonly layout?: false;
}

/**
 * Answers with HTML, inside of the root layout if a plug has put one.
 *
 * The content type is `text/html; charset=utf-8`, unless one was set before.
 *
 * @throws if the request is already answered, and what the layout throws; then nothing has been sent.
 *
 * @example render(conn, html`<h1>Hello, ${name}</h1>`, { pageTitle: "Hello" })
 */
export function render(conn: Conn, rendered: Rendered, options: RenderOptions = {}): void {
  const page = options.layout === false ? rendered : putIntoLayout(conn, rendered, options.pageTitle);
  if (conn.getHeader("content-type") === undefined) conn.putHeaders(htmlType);
  conn.send(options.status ?? conn.status ?? 200, toHtml(page));
}

const htmlType = headerSet({ "content-type": "text/html; charset=utf-8" });
