/** An application with all kinds of routes, whose processes say when they are started, and whose timer keeps Node up. */
import { text } from "anqa/controller";
import { endpoint } from "anqa/endpoint";
import { html, liveView } from "anqa/live";
import { application, supervisorChild } from "anqa/process";
import { defineRoutes, resources, router } from "anqa/router";

setInterval(() => {}, 60_000);

const routes = defineRoutes({
  home: "/",
  posts: resources("/posts", {}, { only: ["index", "show", "update"] }),
  chat: "/chat/:room",
  dashboard: "/dashboard",
});

const PostController = { index: () => {}, show: () => {}, update: () => {} };
const home = () => {};
const dashboardRoutes = defineRoutes({ home: "/" });
const dashboard = router(dashboardRoutes)
  .pipeline("inner", [])
  .scope({ through: "inner" }, (scope) => scope.get(dashboardRoutes.home, (conn) => text(conn, "dashboard")));

const pages = router(routes)
  .pipeline("browser", [])
  .pipeline("users", [])
  .scope({ through: "browser" }, (scope) =>
    scope
      .get(routes.home, home)
      .resources(routes.posts, PostController)
      .scope({ through: "users" }, (users) =>
        users.live(
          routes.chat,
          liveView("chat").render(() => html``),
        ),
      )
      .forward(routes.dashboard, dashboard),
  )
  .scope({ through: [] }, (scope) => scope.forward("/api", { fetch: () => new Response("") }))
  .scope({ through: [], host: "status." }, (scope) => scope.get("/", home, { name: "status" }));

const internal = router().scope({ through: [] }, (scope) => scope.post("/inner", (conn) => text(conn, "inner")));

const announcer = {
  id: "announcer",
  start: () => {
    process.stdout.write("started\n");
    throw new Error("nothing ought to be started");
  },
};

export default application({
  children: [
    announcer,
    endpoint({ router: pages, port: 0 }),
    supervisorChild("inner", { children: [endpoint({ router: internal, port: 0 })] }),
  ],
});
