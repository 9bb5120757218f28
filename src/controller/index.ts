/**
 * What an action answers with: pages, data, redirects, messages for the next page, and the pages of errors.
 *
 * An action is a plain function of the conn and its params. It decides; the functions here answer. Each of them sends
 * the response, so an action calls exactly one of them, as the last thing it does. A plug that answers in place of the
 * action calls `conn.halt()` after it.
 *
 * @example
 * export const PostController = {
 *   async show(conn: Conn, { id }: Params) {
 *     const post = await findPost(Number(id));
 *     if (post === undefined) throw new HttpError(404, `there is no post ${id}`);
 *     if (conn.format === "json") return json(conn, post);
 *     render(conn, PostPage(post), { pageTitle: post.title });
 *   },
 *
 *   async create(conn: Conn, params: Params) {
 *     const post = await createPost(params);
 *     putFlash(conn, "info", "Your post is online.");
 *     redirect(conn, { to: routes.post({ id: post.id }) });
 *   },
 * };
 *
 * @module
 */
export { errorPage } from "./error-page.ts";
export { statusOf } from "./error-status.ts";
export { type FlashMessages, fetchFlash, flashOf, putFlash } from "./flash.ts";
export { signFlash, verifyFlash } from "./flash-token.ts";
export { type LayoutAssigns, putRootLayout, type RootLayout } from "./layout.ts";
export { type RedirectTarget, redirect } from "./redirect.ts";
export { externalUrl, localPath } from "./redirect-target.ts";
export { type RenderOptions, render } from "./render.ts";
export { json, text } from "./send-data.ts";
