/** What has to compile and what must not, checked by the compiler. */
import { z } from "zod";
import {
  type EventSocket,
  type Halted,
  html,
  type LiveView,
  liveView,
  type MountSocket,
} from "../../src/live/index.ts";
import type { ViewSocket } from "../../src/live/view-socket.ts";
import { topic, type } from "../../src/pubsub/index.ts";
import { defineRoutes } from "../../src/router/index.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_same: Equal<Left, Right>): void {}

interface User {
  readonly name: string;
}
declare const user: User;
declare const found: User | undefined;
declare const condition: boolean;

const routes = defineRoutes({ home: "/", chat: "/chat/:room", file: "/files/:folder/*path" });
const ChatTopic = topic("chat:*", { new_message: type<{ text: string }>(), left: type<User>() });
const NewsTopic = topic("news", { published: type<{ title: string }>() });

// Literals widen; what mount assigned is typed in handlers and in the template.
export const Counter: LiveView = liveView("counter")
  .mount((_params, _session, socket) => socket.assign({ count: 0, label: "clicks", done: false }))
  .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .event("nothing", () => {})
  .event("typo", (_params, socket) => {
    // @ts-expect-error: there is no such assign
    socket.assign({ cuont: 1 });
  })
  .event("wrong type", (_params, socket) => {
    // @ts-expect-error: count is a number
    socket.assign({ count: "1" });
    // @ts-expect-error: count is never undefined
    socket.assign({ count: undefined });
  })
  // @ts-expect-error: in a handler that returns the socket as well
  .event("typo returned", (_params, socket) => socket.assign({ cuont: 1 }))
  .event("update", (_params, socket) => socket.update("count", (count) => count + 1))
  .event("wrong update", (_params, socket) => {
    // @ts-expect-error: count is a number
    socket.update("count", (count) => `${count}`);
    // @ts-expect-error: there is no such assign
    socket.update("cuont", (count) => count);
  })
  .event("read only", (_params, socket) => {
    // @ts-expect-error: assigns are changed by assign
    socket.assigns.count = 3;
  })
  .event("async", async (_params, socket) => {
    await Promise.resolve();
    return socket.assign({ count: 1 });
  })
  .event("several", (_params, socket) => {
    if (condition) return socket.redirect("/");
    if (socket.assigns.done) return;
    return socket.assign({ count: 2 }).reply({ ok: true });
  })
  // @ts-expect-error: a handler gives back the socket or nothing
  .event("number", () => 5)
  .event("unchecked", ({ id }, socket) => {
    same<typeof id, unknown>(true);
    // @ts-expect-error: an unchecked value has to be looked at first
    socket.assign({ label: id });
  })
  .info("tick", (payload, socket) => {
    same<typeof payload, unknown>(true);
    // @ts-expect-error: only events have somebody to reply to
    socket.reply({});
  })
  .terminate((reason, socket) => {
    if (reason instanceof Error) socket.broadcast("ended", "crash", socket.assigns.count);
  })
  .render(({ count, label, flash, liveAction, ...rest }) => {
    same<typeof count, number>(true);
    same<typeof label, string>(true);
    same<typeof flash.info, string | undefined>(true);
    same<typeof liveAction, string | undefined>(true);
    same<typeof rest, { done: boolean }>(true);
    return html`${count} ${label}`;
  });

// Early returns: a key that one branch does not assign may be undefined.
liveView("early")
  .mount((_params, _session, socket) => {
    if (condition) return socket.assign({ user: null, page: 1 });
    return socket.assign({ user, posts: ["a"] });
  })
  .event("login", (_params, socket) => socket.assign({ user, posts: ["b"] }))
  .event("page", (_params, socket) => {
    socket.assign({ page: undefined });
    // @ts-expect-error: no branch makes it a text
    socket.assign({ page: "1" });
  })
  .render((assigns) => {
    same<typeof assigns.user, User | null>(true);
    same<typeof assigns.page, number | undefined>(true);
    same<typeof assigns.posts, string[] | undefined>(true);
    return html``;
  });

// A branch that assigns more than another one is not swallowed by it.
liveView("superset")
  .mount((_params, _session, socket) => (condition ? socket.assign({ a: 1 }) : socket.assign({ a: 1, b: "2" })))
  .render(({ a, b }) => {
    same<typeof a, number>(true);
    same<typeof b, string | undefined>(true);
    return html``;
  });

// A branch that leaves does not count; neither does awaiting.
liveView("async")
  .mount(async (_params, session, socket) => {
    if (typeof session.user !== "string") return socket.redirect("/login");
    if (found === undefined) return socket.pushNavigate("/");
    await Promise.resolve();
    return socket.assign({ user: found });
  })
  .render(({ user: present }) => {
    same<typeof present, User>(true);
    return html`${present.name}`;
  });

// Assigns in several steps, the later ones counting.
liveView("steps")
  .mount((_params, _session, socket) => {
    const first = socket.assign({ a: 1, b: "b" });
    same<typeof first.assigns.a, number>(true);
    return first
      .assign({ b: 2, c: [] as string[] })
      .subscribe("topic")
      .putFlash("info", "Hello");
  })
  .render(({ a, b, c }) => {
    same<typeof a, number>(true);
    same<typeof b, number>(true);
    same<typeof c, string[]>(true);
    return html``;
  });

// handleParams may add assigns and knows those of mount.
liveView("params")
  .mount((_params, _session, socket) => socket.assign({ total: 10 }))
  .handleParams((params, url, socket) => {
    same<typeof url, URL>(true);
    if (params.page === undefined) return socket.assign({ page: socket.assigns.total });
    return socket.assign({ page: Number(params.page), filter: "all" as "all" | "open" });
  })
  .event("filter", (_params, socket) => socket.assign({ filter: "open" }))
  .event("bad filter", (_params, socket) => {
    // @ts-expect-error: not one of the filters
    socket.assign({ filter: "closed" });
  })
  .render(({ total, page, filter }) => {
    same<typeof total, number>(true);
    same<typeof page, number>(true);
    same<typeof filter, "all" | "open" | undefined>(true);
    return html``;
  });

// A mount has to give the socket back.
liveView("void")
  // @ts-expect-error: nothing is returned
  .mount((_params, _session, socket) => {
    socket.assign({ count: 0 });
  })
  .render(() => html``);

liveView("sometimes void")
  // @ts-expect-error: one path returns nothing
  .mount((_params, _session, socket) => {
    if (condition) return socket.assign({ count: 0 });
  })
  .render(() => html``);

liveView("async void")
  // @ts-expect-error: nothing is returned
  .mount(async (_params, _session, socket) => {
    socket.assign({ count: 0 });
  })
  .render(() => html``);

// Reserved assigns.
liveView("reserved")
  .mount((_params, _session, socket) => {
    // @ts-expect-error: flash has its own methods
    socket.assign({ flash: {} });
    // @ts-expect-error: a title is a text
    socket.assign({ pageTitle: 1 });
    return socket.assign({ pageTitle: "Title" });
  })
  .event("title", (_params, socket) => socket.assign({ pageTitle: "Other" }))
  .render(({ pageTitle }) => {
    same<typeof pageTitle, string>(true);
    return html``;
  });

// A view without mount has nothing to assign.
export const Static: LiveView = liveView("static")
  .event("assign", (_params, socket) => {
    // @ts-expect-error: mount assigned nothing
    socket.assign({ anything: 1 });
  })
  .render(({ flash }) => html`${flash.info}`);

// The chain has an order, and ends with render.
const afterParams = liveView("order").handleParams((_params, _url, socket) => socket);
// @ts-expect-error: mount comes before handleParams
afterParams.mount;
const afterEvent = liveView("order").event("a", () => {});
// @ts-expect-error: handleParams comes before events
afterEvent.handleParams;
const unfinished = liveView("unfinished").mount((_params, _session, socket) => socket);
// @ts-expect-error: without render it is no view
export const Unfinished: LiveView = unfinished;

// Schemas type the values of events.
const NewMessage = z.object({ text: z.string(), times: z.coerce.number().optional() });
liveView("schema")
  .mount((_params, _session, socket) => socket.assign({ messages: [] as string[] }))
  .event("send", NewMessage, ({ text, times }, socket) => {
    same<typeof text, string>(true);
    same<typeof times, number | undefined>(true);
    socket.assign({ messages: [...socket.assigns.messages, text] });
  })
  .event("pick", z.string(), (value, socket) => socket.assign({ messages: [value] }))
  .event("unknown field", NewMessage, (params) => {
    // @ts-expect-error: the schema has no such field
    params.body;
  })
  .render(() => html``);

// Topics type what is heard and what is broadcast.
liveView("topics")
  .mount((_params, _session, socket) =>
    socket
      .subscribe(ChatTopic("lobby"))
      .subscribe(NewsTopic)
      .assign({ texts: [""] }),
  )
  .info(ChatTopic, "new_message", ({ text }, socket) => socket.assign({ texts: [...socket.assigns.texts, text] }))
  .info(NewsTopic, "published", ({ title }, socket) => socket.assign({ texts: [title] }))
  // @ts-expect-error: the topic has no such event
  .info(ChatTopic, "new_mesage", () => {})
  .info(ChatTopic, "left", (gone, socket) => {
    same<typeof gone, User>(true);
    socket.broadcast(ChatTopic("lobby"), "new_message", { text: `${gone.name} left` });
    // @ts-expect-error: not what this event carries
    socket.broadcast(ChatTopic("lobby"), "new_message", { body: "" });
  })
  .render(() => html``);

// A route types the params of its path; those of the query remain unknown.
liveView("route", { route: routes.chat })
  .mount(({ room, page }, _session, socket) => {
    same<typeof room, string>(true);
    if (typeof page === "string") return socket.assign({ room, page });
    return socket.assign({ room, page: "1" });
  })
  .handleParams(({ room }, _url, socket) => socket.assign({ room }))
  .render(({ room }) => html`${room}`);

liveView("rest", { route: routes.file })
  .mount(({ folder, path }, _session, socket) => socket.assign({ file: `${folder}/${path}` }))
  .render(({ file }) => html`${file}`);

liveView("no route").mount(({ room }, _session, socket) => {
  // @ts-expect-error: it may be missing, or nested
  const name: string = room;
  return socket.assign({ name });
});

export type Left = Halted;

// The one class behind the socket types has all that they promise.
type Promised = { [Name in Exclude<keyof MountSocket<object> | keyof EventSocket<object>, symbol>]: unknown };
export const promised = (socket: ViewSocket): Promised => socket;
