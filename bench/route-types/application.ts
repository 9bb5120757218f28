/** The sources of an application with many routes. */
export interface Application {
  /** How many paths its table has. */
  readonly routes: number;
  readonly files: Readonly<Record<string, string>>;
}

/** Paths of one part of the application: four plain ones, a group of two, and a resource with another below it. */
const pathsOfPart = 6 + 7 + 7;

/**
 * Writes an application with about `count` paths.
 *
 * @param framework where to import `defineRoutes` and `router` from.
 */
export function applicationOf(count: number, framework: string): Application {
  const parts = Array.from({ length: Math.max(1, Math.round(count / pathsOfPart)) }, (_, index) => `part${index}`);
  return {
    routes: parts.length * pathsOfPart,
    files: {
      "routes.ts": [
        `import { defineRoutes, group, resources } from ${JSON.stringify(framework)};`,
        "export const routes = defineRoutes({",
        ...parts.map(entries),
        "});",
      ].join("\n"),
      "links.ts": [`import { routes } from "./routes.ts";`, "export const links = [", ...parts.map(links), "];"].join(
        "\n",
      ),
      "router.ts": [
        `import { router } from ${JSON.stringify(framework)};`,
        `import { routes } from "./routes.ts";`,
        "const answer = () => {};",
        "const controller = { index: answer, new: answer, create: answer, show: answer, edit: answer, update: answer, delete: answer };",
        'export const appRouter = router(routes).pipeline("browser", []).scope({ through: "browser" }, (scope) => {',
        ...parts.map(served),
        "});",
      ].join("\n"),
    },
  };
}

function entries(part: string): string {
  return `  ${part}: {
    home: "/${part}",
    search: "/${part}/search",
    file: "/${part}/files/*path",
    member: "/${part}/rooms/:room/members/:member",
    admin: group("/${part}/admin", { home: "/", log: "/logs/:day" }),
    posts: resources("/${part}/posts", { comments: resources("/comments") }),
  },`;
}

function links(part: string): string {
  const all = [
    "index()",
    "new()",
    "create()",
    "show({ id: 1 })",
    "edit({ id: 1 })",
    "update({ id: 1 })",
    "delete({ id: 1 })",
  ];
  const below = [
    ...["index", "new", "create"].map((name) => `${name}({ postId: 1 })`),
    ...["show", "edit", "update", "delete"].map((name) => `${name}({ postId: 1, id: 2 })`),
  ];
  return [
    "home()",
    "search({}, { query: { page: 2 } })",
    `file({ path: "a/b" })`,
    `member({ room: "lobby", member: 7 })`,
    "admin.home()",
    "admin.log({ day: 1 })",
    ...all.map((call) => `posts.${call}`),
    ...below.map((call) => `posts.comments.${call}`),
  ]
    .map((call) => `  routes.${part}.${call},`)
    .join("\n");
}

function served(part: string): string {
  return `  scope
    .get(routes.${part}.home, answer)
    .get(routes.${part}.search, answer)
    .get(routes.${part}.file, (_conn, { path }) => void path.length)
    .get(routes.${part}.member, (_conn, { room, member }) => void (room + member))
    .get(routes.${part}.admin.home, answer)
    .get(routes.${part}.admin.log, (_conn, { day }) => void day)
    .resources(routes.${part}.posts, controller)
    .resources(routes.${part}.posts.comments, controller);`;
}
