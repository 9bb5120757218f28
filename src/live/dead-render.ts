import { randomBytes } from "node:crypto";
import { flashOf, putFlash, redirect, render } from "../controller/index.ts";
import { type Conn, csrfToken, HttpError, type Params } from "../plug/index.ts";
import type { Route } from "../router/index.ts";
import { escapeAttribute, html, raw, toHtml } from "../template/index.ts";
import { afterwards } from "./afterwards.ts";
import type { ViewDefinition } from "./definition.ts";
import { viewMount } from "./events.ts";
import { liveSessionOf } from "./live-session.ts";
import type { Navigation } from "./navigation.ts";
import { providedRequirements } from "./requirements.ts";
import { reloadStatus, signSession, signStatic } from "./tokens.ts";
import { type ViewHost, ViewSocket } from "./view-socket.ts";

const reloadCookie = "__phoenix_reload_status__";

/**
 * Answers a request with the page as plain HTML: `mount` and `handleParams` run without a connection, and what the
 * view renders stands in its container, where the client will join it (PROTOCOL section 11).
 *
 * @throws what the callbacks throw; and an HttpError with the status of the reload cookie, if the browser brings one
 * because the connected mount failed with it (section 29).
 */
export function deadRender(definition: ViewDefinition, conn: Conn, route: Route): void | Promise<void> {
  refuseReload(conn);
  const startedAt = performance.now();
  // Asked for even if nobody mounts with it: without a session the browser could never join.
  const session = conn.session.data;
  const id = `phx-${randomBytes(12).toString("base64url")}`;
  const host: ViewHost = {
    viewId: id,
    node: conn.node,
    process: undefined,
    freezes: conn.config.environment !== "production",
  };
  const url = requestUrl(conn);
  const params: Params = Object.assign(Object.create(null), conn.queryParams, conn.pathParams);
  const socket = new ViewSocket(host, url.href, route.options.action, flashOf(conn));

  const showParams = () => {
    socket.mounting = false;
    const moved = departed(conn, socket);
    if (moved || definition.handleParams === undefined) return moved;
    return afterwards(definition.handleParams(params, url, socket), () => departed(conn, socket));
  };
  const answer = (moved: boolean) => {
    if (!moved) sendPage(definition, conn, route, socket);
    if (viewMount.hasSubscribers) {
      const milliseconds = performance.now() - startedAt;
      viewMount.execute({ node: conn.node.name, view: definition.name, connected: false, milliseconds });
    }
  };
  if (definition.requirements.length > 0) socket.assign(providedRequirements(definition, conn));
  socket.mounting = true;
  const shown = afterwards(definition.mount?.(params, session, socket), showParams);
  return shown instanceof Promise ? shown.then(answer) : answer(shown);
}

/** Opening tag and attributes of a view's container; `main` carries the tokens of a routed view. */
function containerTag({ container }: ViewDefinition, main: { id: string; session: string; statics: string }): string {
  const attributes = Object.entries(container.attributes ?? {}).map(
    ([name, value]) => ` ${name}="${escapeAttribute(value)}"`,
  );
  const framework = `id="${main.id}" data-phx-main data-phx-session="${main.session}" data-phx-static="${main.statics}"`;
  return `<${container.tag ?? "div"} ${framework}${attributes.join("")}>`;
}

function sendPage(definition: ViewDefinition, conn: Conn, route: Route, socket: ViewSocket): void {
  const { id, assigns } = socket;
  const { config } = conn;
  const session = signSession(config, {
    id,
    view: definition.name,
    liveSession: liveSessionOf(route),
    visitor: csrfToken(conn),
  });
  const statics = signStatic(config, { id, flash: assigns.flash });
  const opening = containerTag(definition, { id, session, statics });
  const page = raw(`${opening}${toHtml(definition.render(assigns))}</${definition.container.tag ?? "div"}>`);
  const { pageTitle } = assigns;
  render(conn, html`${page}`, typeof pageTitle === "string" ? { pageTitle } : {});
}

/** Turns a navigation that the callback asked for into an HTTP redirect. */
function departed(conn: Conn, socket: ViewSocket): boolean {
  const { navigation, flash } = socket.takeNavigation();
  if (navigation === undefined) return false;
  for (const [kind, message] of Object.entries(flash)) putFlash(conn, kind, message);
  redirect(conn, isExternal(navigation) ? { external: navigation.to } : { to: navigation.to });
  return true;
}

function isExternal(navigation: Navigation): boolean {
  return navigation.kind === "redirect" && navigation.external;
}

function refuseReload(conn: Conn): void {
  const token = conn.cookies[reloadCookie];
  if (token === undefined) return;
  conn.deleteCookie(reloadCookie);
  throw new HttpError(reloadStatus(conn.config, token), "the page was refused when its browser connected");
}

/** The URL as the client wrote it, as far as it can be known. */
function requestUrl(conn: Conn): URL {
  const { scheme, host } = conn.config.url;
  const path = conn.requestPath;
  const target = conn.queryString === "" ? path : `${path}?${conn.queryString}`;
  return (
    URL.parse(`${scheme}://${conn.request.headers.host ?? host}${target}`) ?? new URL(`${scheme}://${host}${target}`)
  );
}
