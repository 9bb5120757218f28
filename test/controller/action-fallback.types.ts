/** What the compiler says of actions that give something back. */
import { actionFallback, render, text } from "../../src/controller/index.ts";
import { type Conn, type ConnWith, fetchSession, type Params } from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { html } from "../../src/template/index.ts";

type Problem = { readonly error: "not_found" | "locked" };
declare function findPost(id: string): { post: string } | Problem;

const answering = actionFallback((conn, { error }: Problem) => render(conn, html`${error}`, { status: error }));

export const PostController = answering({
  show(conn: Conn, { id }: { id: string }) {
    const found = findPost(id);
    if ("error" in found) return found;
    text(conn, found.post);
  },
  async later(conn: Conn, { id }: { id: string }) {
    const found = findPost(id);
    if ("error" in found) return found;
    text(conn, found.post);
  },
  mine: (conn: ConnWith<{ readonly currentUser: string }>, _params: Params) => text(conn, conn.assigns.currentUser),
  // The params are known without being named.
  plain: (conn, params) => text(conn, String(params.a)),
});

router()
  .pipeline("browser", [fetchSession()])
  .scope({ through: "browser" }, (scope) =>
    scope
      .get("/posts/:id", PostController.show)
      .get("/later/:id", PostController.later)
      .get("/plain", PostController.plain),
  );

// @ts-expect-error the fallback knows no such error
answering(() => ({ error: "gone" }));
// @ts-expect-error nor this outcome
answering({ show: async () => ({ post: "x" }) });
// @ts-expect-error without a fallback of one's own: an Error, or the name of a status that is an error
actionFallback()(() => ({ error: "created" }));

const unhandled = (conn: Conn) => (conn.path === "/" ? findPost("1") : undefined);
// @ts-expect-error a router takes no action that gives something back
router().scope({ through: [] }, (scope) => scope.get("/", unhandled));
// @ts-expect-error a route without the param that the action reads
router().scope({ through: [] }, (scope) => scope.get("/posts", PostController.show));

/** As in the documentation of the room. */
export const Documented = actionFallback()({
  async show(conn: Conn, { id }: { id: string }) {
    const post = await Promise.resolve(id === "1" ? { title: id } : undefined);
    if (post === undefined) return { error: "not_found" };
    text(conn, post.title);
  },
});
