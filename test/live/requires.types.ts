/** What the compiler says of views that require something. */
import { html, type LiveView, liveView } from "../../src/live/index.ts";
import { provide, requirement } from "../../src/plug/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_same: Equal<Left, Right>): void {}

interface User {
  readonly name: string;
}
declare const condition: boolean;

const currentUser = requirement("currentUser", async (): Promise<User | null> => null);
const currentTeam = requirement("currentTeam", (): string | undefined => "red");
const routes = defineRoutes({ chat: "/chat/:room" });

const Chat = liveView("chat", { route: routes.chat })
  .requires(currentUser)
  .mount(({ room }, _session, socket) => {
    same<typeof socket.assigns.currentUser, User>(true);
    // @ts-expect-error the view does not require it
    socket.assigns.currentTeam;
    if (condition) return socket;
    return socket.assign({ room, messages: [] as string[] });
  })
  .handleParams((_params, _url, socket) => {
    same<typeof socket.assigns.currentUser, User>(true);
    return socket;
  })
  .event("rename", (_params, socket) => socket.assign({ currentUser: { name: "Ann" } }))
  .event("log out", (_params, socket) => {
    // @ts-expect-error a view that requires a user has one
    socket.assign({ currentUser: undefined });
  })
  .info("tick", (_payload, socket) => void (socket.assigns.currentUser satisfies User))
  .render(({ currentUser: user, room }) => {
    same<typeof user, User>(true);
    same<typeof room, string | undefined>(true);
    return html`${user.name}`;
  });

const Both = liveView("both")
  .requires(currentUser)
  .requires(currentTeam)
  .render(({ currentUser: user, currentTeam: team }) => html`${user.name} ${team.length}`);
const Together = liveView("together")
  .requires(currentUser, currentTeam)
  .event("nothing", () => {})
  .render(({ currentTeam: team }) => html`${team}`);
const Open = liveView("open").render(() => html``);

// What a view requires stands in its type.
export const open: LiveView = Open;
export const chat: LiveView<{ readonly currentUser: User }> = Chat;
export const openOrChat: LiveView<{ readonly currentUser: User }> = Open;
// @ts-expect-error it requires something, and not every route provides that
export const anyView: LiveView = Chat;

router(routes)
  .pipeline("users", [provide(currentUser)])
  .pipeline("teams", [provide(currentTeam)])
  .scope({ through: "users" }, (scope) => {
    scope.live(routes.chat, Chat).live("/open", Open);
    scope.scope({ through: "teams" }, (inner) => inner.live("/both", Both).live("/together", Together));
    // @ts-expect-error nobody provides a team
    scope.live("/both", Both);
  })
  .scope({ through: [] }, (scope) => {
    scope.live("/open", Open);
    // @ts-expect-error nobody provides a user
    scope.live(routes.chat, Chat);
  });

const mounted = liveView("late").mount((_params, _session, socket) => socket);
// @ts-expect-error requirements come before mount
mounted.requires;
// @ts-expect-error nothing is required
liveView("nothing").requires();
