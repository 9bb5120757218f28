import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Conn, Params } from "../../src/plug/index.ts";
import { defineRoutes, group, type Router, resource, resources, router } from "../../src/router/index.ts";
import { serve } from "./serving.ts";

const tell = (name: string) => (conn: Conn, params: Params) => conn.send(200, `${name} ${JSON.stringify(params)}`);
const Controller = {
  index: tell("index"),
  new: tell("new"),
  create: tell("create"),
  show: tell("show"),
  edit: tell("edit"),
  update: tell("update"),
  delete: tell("delete"),
};

describe("resources in defineRoutes", () => {
  it("names the seven usual paths", () => {
    const routes = defineRoutes({ posts: resources("/posts") });
    assert.equal(routes.posts.index(), "/posts");
    assert.equal(routes.posts.new(), "/posts/new");
    assert.equal(routes.posts.create(), "/posts");
    assert.equal(routes.posts.show({ id: 7 }), "/posts/7");
    assert.equal(routes.posts.edit({ id: "a b" }), "/posts/a%20b/edit");
    assert.equal(routes.posts.update({ id: 7n }), "/posts/7");
    assert.equal(routes.posts.delete({ id: 7 }, { query: { sure: true } }), "/posts/7?sure=true");
    assert.equal(routes.posts.edit.pattern, "/posts/:id/edit");
    assert.deepEqual(Object.keys(routes.posts), Object.keys(Controller));
  });

  it("nests, with params called after what is above", () => {
    const routes = defineRoutes({
      posts: resources("/posts", { comments: resources("/comments", { votes: "/votes" }), archive: "/archive" }),
      blogCategories: resources("/blog-categories", { posts: resources("/posts") }),
      people: resources("/people", { pets: resources("/pets") }, { singular: "person", param: "slug" }),
    });
    assert.equal(routes.posts.comments.show({ postId: 7, id: 1 }), "/posts/7/comments/1");
    assert.equal(routes.posts.comments.index({ postId: 7 }), "/posts/7/comments");
    assert.equal(routes.posts.comments.votes({ postId: 7, commentId: 1 }), "/posts/7/comments/1/votes");
    assert.equal(routes.posts.archive({ postId: 7 }), "/posts/7/archive");
    assert.equal(routes.blogCategories.posts.edit({ blogCategoryId: 1, id: 2 }), "/blog-categories/1/posts/2/edit");
    assert.equal(routes.people.show({ slug: "ann" }), "/people/ann");
    assert.equal(routes.people.pets.show({ personSlug: "ann", id: 1 }), "/people/ann/pets/1");
  });

  it("has those actions alone that were chosen", () => {
    const routes = defineRoutes({
      posts: resources("/posts", {}, { only: ["index", "show"] }),
      users: resources("/users", {}, { except: ["delete", "new", "create"] }),
    });
    assert.deepEqual(Object.keys(routes.posts), ["index", "show"]);
    assert.deepEqual(Object.keys(routes.users), ["index", "show", "edit", "update"]);
  });

  it("has no index and no param for something of which there is one", () => {
    const routes = defineRoutes({ profile: resource("/profile", { keys: resources("/keys") }) });
    assert.deepEqual(Object.keys(routes.profile), ["new", "create", "show", "edit", "update", "delete", "keys"]);
    assert.equal(routes.profile.show(), "/profile");
    assert.equal(routes.profile.edit(), "/profile/edit");
    assert.equal(routes.profile.keys.show({ id: 1 }), "/profile/keys/1");
  });

  it("stands in groups, by name and by path", () => {
    const routes = defineRoutes({
      admin: group("/admin", { home: "/", users: resources("/users"), deep: group("/deep", { down: "/down" }) }),
      help: { home: "/help", topic: "/help/:topic" },
    });
    assert.equal(routes.admin.home(), "/admin");
    assert.equal(routes.admin.users.show({ id: 1 }), "/admin/users/1");
    assert.equal(routes.admin.deep.down(), "/admin/deep/down");
    assert.equal(routes.help.topic({ topic: "routes" }), "/help/routes");
    for (const part of [routes, routes.admin, routes.admin.users, routes.help]) assert.ok(Object.isFrozen(part));
  });

  it("refuses what cannot be: an action that does not exist, a name that is taken, a word that is no name", () => {
    assert.throws(() => resources("/posts", {}, { only: ["list" as "index"] }), {
      message: 'there is no action "list" here; there are index, new, create, show, edit, update, delete',
    });
    assert.throws(() => resource("/profile", {}, { except: ["index" as "show"] }), { message: /no action "index"/ });
    assert.throws(() => defineRoutes({ posts: resources("/posts", { show: "/show" }) }), {
      message: /routes\.posts\.show is an action of its resource/,
    });
    assert.throws(() => defineRoutes({ files: resources("/files.d", { parts: resources("/parts") }) }), {
      message: /"files\.dId" is no name for a param/,
    });
  });

  it("names nested routes in errors", () => {
    const routes = defineRoutes({ posts: resources("/posts", { comments: resources("/comments") }) });
    const show = routes.posts.comments.show as (params: object) => string;
    assert.throws(() => show({ postId: 1 }), { message: 'routes.posts.comments.show: the param "id" is missing' });
  });
});

describe("resources of a scope", () => {
  const usual = [
    ["GET", "/posts", "posts.index"],
    ["GET", "/posts/new", "posts.new"],
    ["POST", "/posts", "posts.create"],
    ["GET", "/posts/:id", "posts.show"],
    ["GET", "/posts/:id/edit", "posts.edit"],
    ["PATCH", "/posts/:id", "posts.update"],
    ["PUT", "/posts/:id", "posts.update"],
    ["DELETE", "/posts/:id", "posts.delete"],
  ];

  it("are served by the actions of their controller", async (t) => {
    const routes = defineRoutes({ posts: resources("/posts") });
    const served = router(routes).scope({ through: [] }, (scope) => scope.resources(routes.posts, Controller));
    assert.deepEqual(tableOf(served), usual);
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const ask = async (method: string, path: string) => (await fetch(path, { method })).text();
    assert.equal(await ask("GET", "/posts"), "index {}");
    assert.equal(await ask("GET", "/posts/new"), "new {}");
    assert.equal(await ask("POST", "/posts"), "create {}");
    assert.equal(await ask("GET", "/posts/7"), 'show {"id":"7"}');
    assert.equal(await ask("GET", "/posts/7/edit"), 'edit {"id":"7"}');
    assert.equal(await ask("PATCH", "/posts/7"), 'update {"id":"7"}');
    assert.equal(await ask("PUT", "/posts/7"), 'update {"id":"7"}');
    assert.equal(await ask("DELETE", "/posts/7"), 'delete {"id":"7"}');
  });

  it("may be given as text, below the path of the scope, with what is below them", () => {
    const served = router().scope({ through: [], path: "/api" }, (scope) =>
      scope.resources("/posts", Controller, { only: ["show"], param: "slug", name: "posts" }, (posts) =>
        posts.resources("/comments", Controller, { only: ["show"] }).get("/votes", (conn, { postSlug }) => {
          conn.send(200, postSlug);
        }),
      ),
    );
    assert.deepEqual(tableOf(served), [
      ["GET", "/api/posts/:slug", "posts.show"],
      ["GET", "/api/posts/:postSlug/comments/:id", undefined],
      ["GET", "/api/posts/:postSlug/votes", undefined],
    ]);
  });

  it("may leave actions to others", () => {
    const routes = defineRoutes({ posts: resources("/posts"), users: resources("/users", {}, { only: ["index"] }) });
    const served = router(routes).scope({ through: [] }, (scope) =>
      scope
        .live(routes.posts.index, { name: "posts", render: () => {} })
        .resources(routes.posts, Controller, { except: ["index"] })
        .resources(routes.users, Controller),
    );
    assert.deepEqual(tableOf(served), [...usual, ["GET", "/users", "users.index"]]);
  });

  it("serve something of which there is one", () => {
    const routes = defineRoutes({
      profile: resource("/profile", { keys: resources("/keys", {}, { only: ["index"] }) }),
    });
    const served = router(routes).scope({ through: [] }, (scope) =>
      scope
        .resource(routes.profile, Controller, {}, (profile) => profile.get("/export", Controller.show))
        .resources(routes.profile.keys, Controller)
        .resource("/cart", Controller, { only: ["show"] }),
    );
    assert.deepEqual(
      tableOf(served).map(([method, pattern]) => `${method} ${pattern}`),
      [
        ...["GET /profile/new", "POST /profile", "GET /profile", "GET /profile/edit"],
        ...["PATCH /profile", "PUT /profile", "DELETE /profile"],
        ...["GET /profile/export", "GET /profile/keys", "GET /cart"],
      ],
    );
  });

  it("call a controller's actions as its methods", async (t) => {
    class Counting {
      #count = 0;
      show(conn: Conn): void {
        conn.send(200, String(++this.#count));
      }
    }
    const served = router().scope({ through: [] }, (scope) =>
      scope.resources("/counts", new Counting(), { only: ["show"] }),
    );
    const { fetch } = await serve(t, (conn) => served.call(conn));
    await fetch("/counts/1");
    assert.equal(await (await fetch("/counts/1")).text(), "2");
  });

  it("report actions that their controller lacks", () => {
    const routes = defineRoutes({ posts: resources("/posts", {}, { only: ["index", "edit"] }) });
    const served = router(routes).scope({ through: [] }, (scope) =>
      scope.resources(routes.posts, { index: Controller.index } as typeof Controller),
    );
    assert.throws(() => served.check(), {
      message:
        /the resource \/posts \(.*resources\.test\.ts:\d+\) is served by a controller that has no action "edit": write it/,
    });
  });

  it("say where params are named", () => {
    const routes = defineRoutes({ posts: resources("/posts") });
    const broken = () =>
      router(routes).scope({ through: [] }, (scope) => scope.resources(routes.posts, Controller, { param: "slug" }));
    assert.throws(broken, { message: /param and singular are said where routes is defined, in defineRoutes/ });
  });

  it("report actions that nobody serves", () => {
    const routes = defineRoutes({ posts: resources("/posts") });
    const served = router(routes).scope({ through: [] }, (scope) =>
      scope.resources(routes.posts, Controller, { only: ["index", "show"] }).get(routes.posts.edit, Controller.edit),
    );
    assert.throws(
      () => served.check(),
      (error: Error) => {
        assert.deepEqual(
          [...error.message.matchAll(/routes\.(\S+) \((.*?)\) is served by nobody/g)].map(([, name, request]) => [
            name,
            request,
          ]),
          [
            ["posts.new", "GET /posts/new"],
            ["posts.create", "POST /posts"],
            ["posts.update", "PATCH or PUT /posts/:id"],
            ["posts.delete", "DELETE /posts/:id"],
          ],
        );
        return true;
      },
    );
  });
});

function tableOf(served: Router): (string | undefined)[][] {
  return served.routes.map(({ method, pattern, name }) => [method, pattern, name]);
}
