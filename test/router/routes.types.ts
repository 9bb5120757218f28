import type { Conn, Params } from "../../src/plug/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";

const routes = defineRoutes({
  home: "/",
  chat: "/chat/:room",
  comment: "/posts/:post/comments/:id",
  file: "/files/*path",
});

// What compiles.
routes.home() satisfies string;
routes.home({}, { query: { page: 1 }, fragment: "top" });
routes.chat({ room: "lobby" });
routes.chat({ room: 7 }, { query: { tags: ["a", "b"], page: undefined } });
routes.comment({ post: 1, id: 2 });
routes.file({ path: "a/b" });
routes.chat.pattern satisfies "/chat/:room";

// @ts-expect-error a route that is not defined
routes.chats({ room: "lobby" });
// @ts-expect-error no params
routes.chat();
// @ts-expect-error the param is missing
routes.chat({});
// @ts-expect-error one of two params is missing
routes.comment({ post: 1 });
// @ts-expect-error a param that the pattern does not have
routes.chat({ room: "lobby", page: 2 });
// @ts-expect-error a misspelt param
routes.file({ paht: "a/b" });
// @ts-expect-error a param for a route without any
routes.home({ room: "lobby" });
// @ts-expect-error params are texts or numbers
routes.chat({ room: null });
// @ts-expect-error an option that does not exist
routes.chat({ room: "lobby" }, { hash: "top" });
// @ts-expect-error a pattern begins with a slash
defineRoutes({ about: "about" });
// @ts-expect-error routes cannot be changed
routes.home = defineRoutes({ home: "/" }).home;

const plain = (_conn: Conn, _params: Params) => {};
const chat = (_conn: Conn, { room }: { room: string }) => void room;

router(routes)
  .pipeline("browser", [])
  .pipeline("admin", [])
  .scope({ through: ["browser", "admin"] }, (scope) =>
    scope
      .get(routes.home, plain)
      .get(routes.chat, chat)
      .post("/posts/:post", (_conn, { post }) => void (post satisfies string))
      .match(["GET", "POST"], routes.file, (_conn, params) => void (params.path satisfies string)),
  );

const browser = router(routes).pipeline("browser", []);
// @ts-expect-error a pipeline that is not declared
browser.scope({ through: "brwser" }, () => {});
// @ts-expect-error a pipeline that is not declared before the scope
router(routes).scope({ through: "browser" }, () => {});

router(routes).scope({ through: [] }, (scope) => {
  // @ts-expect-error an action that expects a param which the route does not have
  scope.get(routes.home, chat);
  // @ts-expect-error methods are written in capitals
  scope.match(["get"], routes.home, plain);
  // @ts-expect-error a view is served with live, not with get
  scope.get(routes.home, { name: "home", render: () => {} });
});
