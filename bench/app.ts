/**
 * The application that is measured: the routes that other frameworks implement, too, so that they can
 * be compared. Production settings, one process; `PORT` and 127.0.0.1.
 */
import { channel, reply, socket } from "anqa/channel";
import { fetchFlash, json, type LayoutAssigns, putRootLayout, render } from "anqa/controller";
import { endpoint } from "anqa/endpoint";
import { liveScripts, liveSocket, liveView } from "anqa/live";
import { accepts, type Conn, fetchSession, protectFromForgery, putSecureBrowserHeaders } from "anqa/plug";
import { application, type Node, run } from "anqa/process";
import { pubSubOf, topic, type } from "anqa/pubsub";
import { defineRoutes, router } from "anqa/router";
import { each, html } from "anqa/template";

// ---- GET /hello.json, GET /hello

interface Item {
  readonly id: number;
  readonly name: string;
  readonly triple: number;
  readonly price: number;
  readonly note: string;
}

/** The rows are made anew for each request, so that no row can be remembered from the last one. */
function items(): Item[] {
  return Array.from({ length: 50 }, (_, index) => {
    const id = index + 1;
    return { id, name: `Item ${id}`, triple: id * 3, price: id * 1.25, note: `<note> & "${id}"` };
  });
}

const ItemRow = ({ id, name, triple, price, note }: Item) =>
  html`<tr class="${id % 2 === 0 ? "even" : ""}"><td>${id}</td><td>${name}</td><td>${triple}</td><td>${price}</td><td>${note}</td></tr>`;

const HelloController = {
  json: (conn: Conn) => json(conn, { hello: "world" }),
  page: (conn: Conn) =>
    render(
      conn,
      html`<h1>Hello</h1>
        <table><thead><tr><th>Id</th><th>Name</th><th>Triple</th><th>Price</th><th>Note</th></tr></thead>
        <tbody>${each(items(), ItemRow)}</tbody></table>`,
    ),
};

const Root = ({ inner, csrfToken, pageTitle }: LayoutAssigns) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="csrf-token" content="${csrfToken}">
    <title>${pageTitle ?? "bench"}</title>
    ${liveScripts()}
  </head>
  <body>${inner}</body>
</html>`;

// ---- WebSocket /socket

const RoomChannel = channel("room:*")
  .on("echo", (payload) => reply(payload as object))
  .on("shout", (payload, socket) => socket.broadcast("shout", payload as object));

// ---- LiveViews

const CounterLive = liveView("counter")
  .mount((_params, _session, socket) => socket.assign({ count: 0 }))
  .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .event("decrement", (_params, socket) => socket.assign({ count: socket.assigns.count - 1 }))
  .render(
    ({ count }) =>
      html`<h1>Count: ${count}</h1><button phx-click="decrement">-</button><button phx-click="increment">+</button>`,
  );

interface ChatMessage {
  readonly id: number;
  readonly user: string;
  readonly body: string;
}

const ChatTopic = topic("chat:lobby", { new_message: type<ChatMessage>() });
const ChatRow = ({ id, user, body }: ChatMessage) => html`<li id="m-${id}"><strong>${user}</strong> ${body}</li>`;
let lastMessageId = 0;

/** The chat, with or without keys for its list. */
function chatView(name: string, key: ((message: ChatMessage) => number) | undefined) {
  return liveView(name)
    .mount((_params, _session, socket) => {
      if (socket.connected) socket.subscribe(ChatTopic);
      return socket.assign({ messages: [] as readonly ChatMessage[] });
    })
    .event("send_message", (params, socket) => {
      const { user, body } = params as { user: string; body: string };
      socket.broadcast(ChatTopic, "new_message", { id: ++lastMessageId, user, body });
    })
    .info(ChatTopic, "new_message", (message, socket) => {
      socket.assign({ messages: [...socket.assigns.messages, message].slice(-50) });
    })
    .render(
      ({ messages }) => html`<ul id="messages">${each(messages, ChatRow, key === undefined ? {} : { key })}</ul>
        <form id="chat" phx-submit="send_message"><input name="user"><input name="body"><button>Send</button></form>`,
    );
}

interface Server {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly load: number;
  readonly temp: number;
  readonly ts: string;
}

const DashTopic = topic("dash", { row_changed: type<Server>() });
const DashRow = ({ id, name, status, load, temp, ts }: Server) =>
  html`<tr id="s-${id}"><td>${name}</td><td>${status}</td><td>${load}</td><td>${temp}</td><td>${ts}</td></tr>`;

let servers: readonly Server[] = Array.from({ length: 100 }, (_, id) => {
  return { id, name: `server-${id}`, status: "up", load: 0, temp: 0, ts: "0" };
});
let ticks = 0;

/** Changes one row and tells everybody who looks at the table. */
function tick(node: Node): void {
  const i = ticks++;
  const id = i % servers.length;
  const ts = String(Math.round((performance.timeOrigin + performance.now()) * 1000));
  const changed = { ...(servers[id] as Server), load: (i * 37) % 1000, temp: ((i * 91) % 10000) / 100, ts };
  servers = servers.with(id, changed);
  pubSubOf(node).broadcast(DashTopic, "row_changed", changed);
}

const DashLive = liveView("dash")
  .mount((_params, _session, socket) => {
    if (socket.connected) socket.subscribe(DashTopic);
    return socket.assign({ rows: servers });
  })
  .info(DashTopic, "row_changed", (row, socket) => {
    socket.assign({ rows: socket.assigns.rows.with(row.id, row) });
  })
  .render(
    ({ rows }) => html`<table><thead><tr><th>Name</th><th>Status</th><th>Load</th><th>Temp</th><th>At</th></tr></thead>
        <tbody id="rows">${each(rows, DashRow, { key: ({ id }) => id })}</tbody></table>`,
  );

// ---- GET /tick, GET /ticker?hz=N, GET /mem

let ticker: NodeJS.Timeout | undefined;

const ControlController = {
  tick(conn: Conn): void {
    tick(conn.node);
    json(conn, { ticks });
  },
  ticker(conn: Conn): void {
    const hertz = Number(conn.params.hz);
    clearInterval(ticker);
    if (hertz > 0) ticker = setInterval(tick, 1000 / hertz, conn.node);
    json(conn, { hz: hertz });
  },
  memory(conn: Conn): void {
    if (conn.params.gc === "1") for (let round = 0; round < 3; round++) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    json(conn, { ...process.memoryUsage(), cpuMicroseconds: user + system, processes: conn.node.processCount });
  },
};

// ---- the application

const routes = defineRoutes({
  helloJson: "/hello.json",
  hello: "/hello",
  counter: "/counter",
  chat: "/chat",
  chatKeyed: "/chat_keyed",
  dash: "/dash",
  tick: "/tick",
  ticker: "/ticker",
  memory: "/mem",
});

const benchRouter = router(routes)
  .pipeline("api", [accepts("json")])
  .pipeline("browser", [
    accepts("html"),
    fetchSession(),
    fetchFlash(),
    putRootLayout(Root),
    protectFromForgery(),
    putSecureBrowserHeaders(),
  ])
  .scope({ through: "api" }, (scope) =>
    scope
      .get(routes.helloJson, HelloController.json)
      .get(routes.tick, ControlController.tick)
      .get(routes.ticker, ControlController.ticker)
      .get(routes.memory, ControlController.memory),
  )
  .scope({ through: "browser" }, (scope) =>
    scope
      .get(routes.hello, HelloController.page)
      .live(routes.counter, CounterLive)
      .live(routes.chat, chatView("chat", undefined))
      .live(
        routes.chatKeyed,
        chatView("chat_keyed", (message) => message.id),
      )
      .live(routes.dash, DashLive),
  );

await run(
  application({
    children: [
      endpoint({
        router: benchRouter,
        sockets: { "/live": liveSocket(), "/socket": socket().channel(RoomChannel) },
        environment: "production",
        secretKeyBase: "bench".repeat(16),
        host: "127.0.0.1",
        log: "warn",
      }),
    ],
  }),
);
