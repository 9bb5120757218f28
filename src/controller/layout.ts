import { Conn, csrfToken, type Plug } from "../plug/index.ts";
import type { Raw, Rendered } from "../template/index.ts";
import { type FlashMessages, flashOf } from "./flash.ts";

/** What a layout is given. */
export interface LayoutAssigns {
  /** The page, or the layout that stands inside of this one. Where it stands the layout has to insert it, once. */
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

/** What stands around pages. */
export type Layout = (assigns: LayoutAssigns) => Rendered;

/** The document around every page: doctype, head and body. It is rendered once and never patched. */
export type RootLayout = Layout;

/** Layouts by format, for pages that are shown in several; `false` for none. */
export type ByFormat<Choice> = Readonly<Record<string, Choice | false>>;

/** One layout, or several of which each stands inside of the one before it. */
export type Layouts = Layout | readonly Layout[];

/**
 * Puts every page that is rendered after it into a document. The last one put counts.
 *
 * A layout alone is that of `html`; other formats have theirs by name, and only what a view makes with `html` templates
 * goes into one. `false` takes it away.
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
 * router(routes).pipeline("browser", [fetchSession(), putRootLayout(Root)]);   // for a pipeline
 * putRootLayout(conn, Printable);                                              // for this answer
 */
export function putRootLayout(layout: RootLayout | false | ByFormat<RootLayout>): Plug;
export function putRootLayout(conn: Conn, layout: RootLayout | false | ByFormat<RootLayout>): void;
export function putRootLayout(
  first: Conn | RootLayout | false | ByFormat<RootLayout>,
  layout?: RootLayout | false | ByFormat<RootLayout>,
): Plug | void {
  return putOrPlug(rootLayouts, first, layout);
}

/**
 * Puts every page that is rendered after it into a layout inside of the root layout: the navigation of an area, a
 * sidebar. The last one put counts; a list stands one inside of the other, the outermost first.
 *
 * @example
 * .pipeline("settings", [putLayout([App, Settings])])   // for a pipeline
 * putLayout(conn, false);                               // none, for this answer
 */
export function putLayout(layout: Layouts | false | ByFormat<Layouts>): Plug;
export function putLayout(conn: Conn, layout: Layouts | false | ByFormat<Layouts>): void;
export function putLayout(
  first: Conn | Layouts | false | ByFormat<Layouts>,
  layout?: Layouts | false | ByFormat<Layouts>,
): Plug | void {
  return putOrPlug(innerLayouts, first, layout);
}

/**
 * A page inside of the conn's layouts for a format; the page itself if none were put.
 *
 * @param inner layouts in place of those that were put.
 */
export function putIntoLayouts(
  conn: Conn,
  format: string,
  page: Rendered,
  pageTitle: string | undefined,
  inner: Layouts = layoutsOf(conn, innerLayouts, format),
): Rendered {
  const wrap = (inside: Rendered, layout: Layout) => layout(new PageAssigns(conn, inside, pageTitle));
  const wrapAll = (inside: Rendered, layouts: Layouts) =>
    typeof layouts === "function" ? wrap(inside, layouts) : layouts.reduceRight(wrap, inside);
  return wrapAll(wrapAll(page, inner), layoutsOf(conn, rootLayouts, format));
}

const rootLayouts = Symbol("root layouts");
const innerLayouts = Symbol("inner layouts");
const none: readonly Layout[] = Object.freeze([]);

function putOrPlug(key: symbol, first: unknown, layout: unknown): Plug | void {
  if (first instanceof Conn) return put(first, key, byFormat(layout));
  const chosen = byFormat(first);
  return (conn) => put(conn, key, chosen);
}

function byFormat(layout: unknown): ByFormat<Layouts> {
  const chosen = typeof layout === "function" || Array.isArray(layout) || layout === false ? { html: layout } : layout;
  const given = typeof chosen === "object" && chosen !== null ? Object.values(chosen) : [undefined];
  if (given.flat().every((one) => typeof one === "function" || one === false)) return chosen as ByFormat<Layouts>;
  throw new TypeError("a layout is a function of { inner }, or false for none, or an object with these by format");
}

function put(conn: Conn, key: symbol, chosen: ByFormat<Layouts>): void {
  const present = conn.getPrivate(key) as ByFormat<Layouts> | undefined;
  conn.putPrivate(key, present === undefined ? chosen : { ...present, ...chosen });
}

function layoutsOf(conn: Conn, key: symbol, format: string): Layouts {
  const chosen = conn.getPrivate(key) as ByFormat<Layouts> | undefined;
  return (chosen !== undefined && Object.hasOwn(chosen, format) && chosen[format]) || none;
}

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
