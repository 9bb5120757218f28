import { type Conn, csrfToken, type Plug } from "../plug/index.ts";
import type { Raw, Rendered } from "../template/index.ts";
import { type FlashMessages, flashOf } from "./flash.ts";

/** What a root layout is given. */
export interface LayoutAssigns {
  /** The page. Where it stands the layout has to insert it, once. */
  readonly inner: Rendered | Raw;
  readonly pageTitle: string | undefined;
  /**
   * For `<meta name="csrf-token">`, which the client's script sends along. Reading it puts a secret into the session,
   * and with that a cookie into the response, so a layout without forms and sockets leaves it alone.
   *
   * @throws unless `fetchSession()` ran.
   */
  readonly csrfToken: string;
  /** The messages to show; empty where `fetchFlash()` did not run. */
  readonly flash: FlashMessages;
  readonly conn: Conn;
}

/** The document around every page: doctype, head and body. It is rendered once and never patched. */
export type RootLayout = (assigns: LayoutAssigns) => Rendered;

/**
 * Puts every page that is rendered after it into a layout. The last one put counts.
 *
 * @example
 * const Root: RootLayout = ({ inner, pageTitle, csrfToken }) => html`<!doctype html>
 *   <html lang="en">
 *     <head>
 *       <meta charset="utf-8" />
 *       <meta name="csrf-token" content="${csrfToken}" />
 *       <title>${pageTitle ?? "Shop"}</title>
 *     </head>
 *     <body>${inner}</body>
 *   </html>`;
 *
 * router(routes).pipeline("browser", [fetchSession(), putRootLayout(Root)]);
 */
export function putRootLayout(layout: RootLayout): Plug {
  return (conn) => conn.putPrivate(rootLayout, layout);
}

/** The page inside of the conn's root layout; the page itself if none was put. */
export function putIntoLayout(conn: Conn, inner: Rendered, pageTitle: string | undefined): Rendered {
  const layout = conn.getPrivate(rootLayout) as RootLayout | undefined;
  return layout === undefined ? inner : layout(new PageAssigns(conn, inner, pageTitle));
}

const rootLayout = Symbol("root layout");

/** A class, so that `csrfToken` is worked out only by a layout that names it. */
class PageAssigns implements LayoutAssigns {
  readonly conn: Conn;
  readonly inner: Rendered;
  readonly pageTitle: string | undefined;

  constructor(conn: Conn, inner: Rendered, pageTitle: string | undefined) {
    this.conn = conn;
    this.inner = inner;
    this.pageTitle = pageTitle;
  }

  get flash(): FlashMessages {
    return flashOf(this.conn);
  }

  get csrfToken(): string {
    return csrfToken(this.conn);
  }
}
