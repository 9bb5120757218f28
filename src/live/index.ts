/**
 * LiveView: pages whose state lives on the server.
 *
 * A view is declared with {@link liveView} as a chain of callbacks. A request gets its page as plain HTML.
 * Then the browser connects, the view is mounted once more as a process of its own, and from there on
 * clicks and forms reach its handlers as messages, and whatever they change in the assigns reaches the
 * browser as the smallest diff of the page. No client code is written: the page loads the official
 * `phoenix_live_view` client, see {@link liveScripts}.
 *
 * @example
 * export const CounterLive = liveView("counter")
 *   .mount((_params, _session, socket) => socket.assign({ count: 0 }))
 *   .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
 *   .render(({ count }) => html`<button phx-click="increment">${count}</button>`);
 *
 * @module
 */
export { each, html, type Rendered, raw } from "../template/index.ts";
export type { LiveAssigns, ReadAssigns } from "./assigns.ts";
export type { EventParams, MountedView, UnmountedView, ViewHandlers, ViewParams } from "./chain.ts";
export type { Container } from "./definition.ts";
export { eventRefused, eventStop, infoUnhandled, joinRefused, viewMount } from "./events.ts";
export { type LinkAttributes, link } from "./link.ts";
export { type LiveScriptsOptions, liveScripts } from "./live-scripts.ts";
export { type LiveSocketOptions, liveSocket } from "./live-socket.ts";
export { type LiveViewOptions, liveView } from "./live-view.ts";
export type {
  EventSocket,
  Halted,
  HandlerResult,
  LiveSocket,
  MountSocket,
  NavigationOptions,
  RedirectTarget,
} from "./socket.ts";
export { LiveView } from "./view.ts";
