import { clientScriptPath } from "../endpoint/index.ts";
import { html, type Rendered } from "../template/index.ts";

/** Options of {@link liveScripts}. */
export interface LiveScriptsOptions {
  /** Path of the mount of {@link liveSocket}; `/live` if absent. */
  readonly socket?: string;
  /** URL of an ES module with the application's hooks, exported by default or as `hooks`. */
  readonly hooks?: string;
}

/**
 * The scripts of a page with views, for the `<head>` of the root layout: the official clients, and one that starts
 * them. Files only, no inline code, so that they work under a strict content security policy.
 *
 * The layout also needs `<meta name="csrf-token" content="${csrfToken}">`, and a `<title>`.
 *
 * @example html`<head><title>${pageTitle}</title>${liveScripts({ hooks: "/assets/hooks.js" })}</head>`
 */
export function liveScripts({ socket = "/live", hooks }: LiveScriptsOptions = {}): Rendered {
  const [phoenix, liveView, boot] = [
    clientScriptPath("phoenix"),
    clientScriptPath("phoenix_live_view"),
    clientScriptPath("boot"),
  ];
  return html`<script defer phx-track-static src="${phoenix}"></script>
    <script defer phx-track-static src="${liveView}"></script>
    <script defer phx-track-static src="${boot}" data-socket="${socket}" data-hooks=${hooks}></script>`;
}
