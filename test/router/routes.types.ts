import { type Conn, type ConnWith, type Params, type Plug, provide, requirement } from "../../src/plug/index.ts";
import { defineRoutes, group, type LiveTarget, resource, resources, router } from "../../src/router/index.ts";

declare const conn: Conn;

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

// Groups and resources.
const parts = defineRoutes({
  posts: resources("/posts", { comments: resources("/comments", {}, { except: ["new"] }), archive: "/archive/:year" }),
  people: resources("/people", { pets: resources("/pets") }, { singular: "person", param: "slug" }),
  profile: resource("/profile", { keys: resources("/keys", {}, { only: ["index"] }) }),
  admin: group("/admin", { home: "/", users: resources("/users") }),
  help: { topic: "/help/:topic" },
});
parts.posts.index() satisfies string;
parts.posts.show({ id: 1 });
parts.posts.show({ id: 1n }, { query: { page: 1, tags: ["a"], filter: { name: "b" } } });
parts.posts.edit.pattern satisfies "/posts/:id/edit";
parts.posts.comments.show.pattern satisfies "/posts/:postId/comments/:id";
parts.posts.comments.show({ postId: 1, id: 2 });
parts.posts.archive({ postId: 1, year: 2026 });
parts.people.show({ slug: "ann" });
parts.people.pets.show({ personSlug: "ann", id: 1 });
parts.profile.edit.pattern satisfies "/profile/edit";
parts.profile.keys.index.pattern satisfies "/profile/keys";
parts.admin.home.pattern satisfies "/admin";
parts.admin.users.show.pattern satisfies "/admin/users/:id";
parts.help.topic({ topic: "routes" });
parts.posts.show.url("https://example.org", { id: 1 }) satisfies string;
parts.posts.index.url(conn, {}, { fragment: "top" }) satisfies string;

// @ts-expect-error a member needs its id
parts.posts.show({});
// @ts-expect-error and that of what is above it
parts.posts.comments.show({ id: 1 });
// @ts-expect-error called after what is above, not after the table
parts.posts.comments.show({ postsId: 1, id: 1 });
// @ts-expect-error an action that was left out
parts.posts.comments.new({ postId: 1 });
// @ts-expect-error an action that was not chosen
parts.profile.keys.show({ id: 1 });
// @ts-expect-error there is one profile
parts.profile.index();
// @ts-expect-error the param has another name
parts.people.show({ id: 1 });
// @ts-expect-error the prefix of a group is no route
parts.admin();
// @ts-expect-error params come after the base
parts.posts.show.url({ id: 1 });
// @ts-expect-error an action that resources do not have
resources("/posts", {}, { only: ["list"] });
// @ts-expect-error and one that there is only of many
resource("/profile", {}, { except: ["index"] });
// @ts-expect-error paths begin with a slash everywhere
resources("posts");

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

// Scopes in scopes know the params of their paths, and what is assigned.
router(routes)
  .pipeline("browser", [])
  .scope({ through: [], path: "/teams/:team", assigns: { section: "teams" } }, (scope) =>
    scope
      .get("/rooms/:room", (conn, { team, room }) => {
        team satisfies string;
        room satisfies string;
        conn.assigns.section satisfies string;
      })
      .scope({ through: "browser", path: "/seats/:seat", assigns: { depth: 2 } }, (inner) =>
        inner.get("/", (conn, { team, seat }) => {
          `${team} ${seat}` satisfies string;
          conn.assigns.section satisfies string;
          conn.assigns.depth satisfies number;
        }),
      )
      // @ts-expect-error a pipeline that is not declared
      .scope({ through: "brwser" }, () => {}),
  );

// Resources: a controller has the actions that it is to serve, with the params of their paths.
const show = (_conn: Conn, { id }: { id: string }) => void id;
const all = { index: plain, new: plain, create: plain, show, edit: show, update: show, delete: show };
router(parts).scope({ through: [] }, (scope) => {
  scope
    .resources(parts.posts, all)
    .resources(parts.posts, { index: plain, show }, { only: ["index", "show"] })
    .resources(
      parts.posts,
      { index: plain, new: plain, create: plain },
      { except: ["show", "edit", "update", "delete"] },
    )
    .resources(parts.posts.comments, { ...all, show: (_conn, { postId, id }) => void (postId + id) })
    .resource(parts.profile, { ...all, show: plain, edit: plain, update: plain, delete: plain })
    .resources(
      "/things",
      { show: (_conn, { slug }) => void (slug satisfies string) },
      { only: ["show"], param: "slug" },
    )
    .resources("/things", all, {}, (things) =>
      things.get("/parts/:part", (_conn, { thingId, part }) => void (thingId + part)),
    )
    .resource("/cart", { show: plain }, { only: ["show"] });
  // @ts-expect-error without the action "edit"
  scope.resources(parts.posts, { index: plain, show }, { only: ["index", "show", "edit"] });
  // @ts-expect-error an action that the entry does not have
  scope.resources(parts.posts.comments, all, { only: ["new"] });
  // @ts-expect-error an action that expects a param which its path does not have
  scope.resources(parts.posts, { index: show }, { only: ["index"] });
  // @ts-expect-error there is one cart
  scope.resource("/cart", all, { only: ["index"] });
  // @ts-expect-error that is no resource
  scope.resources(parts.admin.home, all);
});

// What pipelines provide reaches actions and views, and what they do not provide cannot be required.
interface User {
  readonly name: string;
}
const currentUser = requirement("currentUser", async (): Promise<User | null> => null);
const currentTeam = requirement("currentTeam", (): string | undefined => "red");
const plug: Plug = () => {};
const needsUser = (_conn: ConnWith<{ currentUser: User }>) => {};
const needsBoth = (_conn: ConnWith<{ currentUser: User; currentTeam: string }>) => {};
declare const userView: LiveTarget<{ currentUser: User }>;
declare const anyView: LiveTarget;

const provided = router(routes)
  .pipeline("browser", [plug])
  .pipeline("users", [plug, provide(currentUser), (conn) => void conn.path])
  .pipeline("teams", [provide(currentTeam)])
  .pipeline("members", [provide(currentUser), provide(currentTeam)]);
provided
  .scope({ through: ["browser", "users"] }, (scope) =>
    scope
      .get("/a", needsUser)
      .get("/b/:id", (conn, { id }) => {
        conn.assigns.currentUser satisfies User;
        id satisfies string;
      })
      .get("/c", plain)
      .live("/d", userView)
      .live("/e", anyView)
      .liveSession("main", (main) => main.live("/f", userView))
      .scope({ through: "teams" }, (inner) => inner.get("/g", needsBoth).get("/h", needsUser)),
  )
  .scope({ through: "members" }, (scope) => scope.get("/i", needsBoth))
  .scope({ through: [] }, (scope) => {
    scope.get("/j", plain).live("/k", anyView);
    // @ts-expect-error nobody provides a user
    scope.get("/l", needsUser);
    // @ts-expect-error nobody provides a user
    scope.live("/m", userView);
    // @ts-expect-error nobody provides a user
    scope.get("/n", (conn) => conn.assigns.currentUser.name);
    // @ts-expect-error nobody provides a user
    scope.resources("/o", { index: needsUser }, { only: ["index"] });
  })
  .scope({ through: "users" }, (scope) => {
    // @ts-expect-error nobody provides a team
    scope.get("/p", needsBoth);
    // @ts-expect-error the user is another one
    scope.get("/q", (_conn: ConnWith<{ currentUser: { age: number } }>) => {});
  });

// Plugs that were put into a list before have lost what they provide.
const list: Plug[] = [provide(currentUser)];
router()
  .pipeline("users", list)
  .scope({ through: "users" }, (scope) =>
    // @ts-expect-error the list is one of plugs, whichever
    scope.get("/", needsUser),
  );
