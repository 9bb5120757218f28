/** What the compiler says of actions that require something. */
import { z } from "zod";
import { action, actionFallback, text } from "../../src/controller/index.ts";
import { type Params, provide, requirement } from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";

interface User {
  readonly name: string;
}
const currentUser = requirement("currentUser", async (): Promise<User | null> => null);
const currentTeam = requirement("currentTeam", (): "red" | "blue" | undefined => "red");
const NewPost = z.object({ title: z.string(), stars: z.coerce.number() });

const one = action(currentUser, (conn, params) => {
  conn.assigns.currentUser satisfies User;
  params satisfies Params;
  // @ts-expect-error the action does not require a team
  conn.assigns.currentTeam.length;
});
const both = action([currentUser, currentTeam], (conn, { id }: { id: string }) => {
  conn.assigns.currentUser satisfies User;
  conn.assigns.currentTeam satisfies "red" | "blue";
  text(conn, id);
});
const checked = action(NewPost, (conn, { title, stars }, params) => {
  title satisfies string;
  stars satisfies number;
  params satisfies Params;
  text(conn, title);
});
const all = action(currentUser, NewPost, async (conn, post, { id }: { id: string }) => {
  post satisfies { title: string; stars: number };
  conn.assigns.currentUser.name satisfies string;
  id satisfies string;
  // @ts-expect-error the schema has no such field
  post.body;
});

const chain = router()
  .pipeline("users", [provide(currentUser)])
  .pipeline("teams", [provide(currentTeam)]);
chain
  .scope({ through: ["users", "teams"] }, (scope) =>
    scope.get("/one", one).get("/both/:id", both).post("/checked", checked).post("/all/:id", all),
  )
  .scope({ through: "users" }, (scope) => {
    scope.get("/one", one).post("/all/:id", all);
    // @ts-expect-error nobody provides a team
    scope.get("/both/:id", both);
    // @ts-expect-error the path has no id
    scope.post("/all", all);
  })
  .scope({ through: [] }, (scope) => {
    scope.post("/checked", checked);
    // @ts-expect-error nobody provides a user
    scope.get("/one", one);
    // @ts-expect-error nobody provides a user
    scope.post("/all/:id", all);
    scope.resources("/posts", { create: checked, index: () => {} }, { only: ["create", "index"] });
    // @ts-expect-error nobody provides a user
    scope.resources("/posts", { index: one }, { only: ["index"] });
  });

// What is given back needs a fallback.
const giving = action(currentUser, (conn) => (conn.assigns.currentUser.name === "" ? "nobody" : undefined));
const answering = actionFallback((conn, outcome: string) => text(conn, outcome));
chain.scope({ through: "users" }, (scope) => {
  scope.get("/giving", answering(giving));
  // @ts-expect-error an action answers
  scope.get("/giving", giving);
});
// @ts-expect-error the fallback keeps what the action requires
chain.scope({ through: [] }, (scope) => scope.get("/giving", answering(giving)));

// @ts-expect-error a requirement is no schema
action(currentUser, currentTeam, () => {});
// @ts-expect-error a handler is missing
action(currentUser);
