/**
 * What an action answers with: pages, data, redirects, messages for the next page, and the pages of errors.
 *
 * An action is a plain function of the conn and its params. It decides; the functions here answer. Each of them sends
 * the response, so an action calls exactly one of them, as the last thing it does, or gives back what its fallback
 * answers. A plug that answers in place of the action calls `conn.halt()` after it.
 *
 * @example
 * const PostView = {
 *   html: ({ post }: { post: Post }) => html`<h1>${post.title}</h1>`,
 *   json: ({ post }: { post: Post }) => ({ id: post.id, title: post.title }),
 * };
 *
 * export const PostController = actionFallback()({
 *   async show(conn: Conn, { id }: { id: string }) {
 *     const post = await findPost(Number(id));
 *     if (post === undefined) return { error: "not_found" };
 *     render(conn, PostView, { post }, { pageTitle: post.title });
 *   },
 *
 *   create: action(NewPost, async (conn, values) => {
 *     const post = await createPost(values);
 *     putFlash(conn, "info", "Your post is online.");
 *     redirect(conn, { to: routes.post({ id: post.id }) });
 *   }),
 * });
 *
 * @module
 */
export { action, type RequiringAction } from "./action.ts";
export { actionFallback, type Failure, type Fallback, type WithFallback } from "./action-fallback.ts";
export { currentPath, currentUrl } from "./current-path.ts";
export type { ErrorHint } from "./debug-page/report.ts";
export { errorPage } from "./error-page.ts";
export { statusOf } from "./error-status.ts";
export { checkErrorViews, type ErrorViews, type FailedRequest } from "./error-views.ts";
export { errorViewFailed, redirectRefused } from "./events.ts";
export { clearFlash, type FlashMessages, fetchFlash, flashOf, putFlash } from "./flash.ts";
export { signFlash, verifyFlash } from "./flash-token.ts";
export { putFormat } from "./format.ts";
export {
  type ByFormat,
  type Layout,
  type LayoutAssigns,
  type Layouts,
  putLayout,
  putRootLayout,
  type RootLayout,
} from "./layout.ts";
export {
  type RedirectBackOptions,
  type RedirectStatus,
  type RedirectTarget,
  redirect,
  redirectBack,
} from "./redirect.ts";
export { externalUrl, isLocalPath, localPath, UnsafeRedirectError } from "./redirect-target.ts";
export { type RenderOptions, render } from "./render.ts";
export { scrubParams } from "./scrub-params.ts";
export { html, json, text } from "./send-data.ts";
export { type ErrorStatusName, putStatus, type Status, type StatusName } from "./status.ts";
export type { AssignsOf, View } from "./view.ts";
