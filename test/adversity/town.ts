/** The application that the tests of this folder attack: channels, views, forms, and neighbours that must notice nothing. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { channel, reply, type SocketOptions, socket } from "../../src/channel/index.ts";
import { fetchFlash, putRootLayout, type RootLayout, redirect, text } from "../../src/controller/index.ts";
import { type EndpointOptions, endpoint, endpointOf } from "../../src/endpoint/index.ts";
import {
  html,
  type LiveSocketOptions,
  type LiveView,
  liveScripts,
  liveSocket,
  liveView,
} from "../../src/live/index.ts";
import { fetchSession, parseBody, protectFromForgery, putSecureBrowserHeaders } from "../../src/plug/index.ts";
import { application, type Node } from "../../src/process/index.ts";
import { pubSubOf } from "../../src/pubsub/index.ts";
import { router } from "../../src/router/index.ts";
import { RawClient } from "../channel/support.ts";
import { Browser, type LiveClient, type TestServer } from "../live/support.ts";

export const RoomChannel = channel("room:*")
  .on("echo", (payload) => reply({ payload }))
  .on("echo later", async (payload) => {
    await nextTurn();
    return reply({ payload });
  })
  .on("shout", (payload, socket) => {
    socket.broadcast("shouted", { payload });
    return reply();
  })
  .on("crash", () => {
    throw new Error("crash on purpose");
  });

export const CounterLive = liveView("counter")
  .mount((_params, _session, socket) => socket.subscribe("town").assign({ count: 0, text: "" }))
  .handleParams((params, _url, socket) => socket.assign({ page: String(params.page ?? "") }))
  .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .event("write", (params, socket) => socket.assign({ text: String(params.text) }))
  .event("wait", async (_params, socket) => {
    await nextTurn();
    socket.assign({ count: socket.assigns.count + 1 });
  })
  .event("patch", (params, socket) => socket.pushPatch(String(params.to)))
  .event("crash", () => {
    throw new Error("crash on purpose");
  })
  .info("count", (count, socket) => socket.assign({ count: Number(count) }))
  .render(({ count, text, page }) => html`<output title="${text}">${count}</output><p>${text} ${page}</p>`);

const Root: RootLayout = ({ inner, csrfToken, pageTitle }) => html`<!doctype html>
<html><head><meta name="csrf-token" content="${csrfToken}"><title>${pageTitle ?? "town"}</title>${liveScripts()}</head>
<body>${inner}</body></html>`;

export interface TownOptions {
  readonly socket?: SocketOptions;
  readonly live?: LiveSocketOptions;
  readonly endpoint?: Partial<EndpointOptions>;
  /** More views, by path. */
  readonly views?: Readonly<Record<string, LiveView>>;
  readonly channels?: readonly (typeof RoomChannel)[];
}

export interface Town extends TestServer {
  /** Where channels are joined. */
  readonly socketUrl: string;
  /** Processes while nobody is there. */
  readonly idleProcesses: number;
}

/** Starts the application; it is stopped when the test ends. */
export async function startTown(test: TestContext, options: TownOptions = {}): Promise<Town> {
  const mount = [RoomChannel, ...(options.channels ?? [])].reduce(
    (built, declared) => built.channel(declared),
    socket(options.socket),
  );
  const running = await application({
    children: [
      endpoint({
        router: townRouter(options.views ?? {}),
        sockets: { "/socket": mount, "/live": liveSocket(options.live) },
        environment: "test",
        secretKeyBase: "a secret for tests that is long enough",
        host: "127.0.0.1",
        port: 0,
        log: "silent",
        ...options.endpoint,
      }),
    ],
  }).start();
  test.after(() => running.stop());
  const { config, address } = endpointOf(running.node);
  const host = `127.0.0.1:${address.port}`;
  const { node } = running;
  return {
    node,
    config,
    url: `http://${host}`,
    socketUrl: `ws://${host}/socket`,
    idleProcesses: node.processCount,
  };
}

function townRouter(views: Readonly<Record<string, LiveView>>) {
  const pages = [fetchSession(), fetchFlash(), putRootLayout(Root), putSecureBrowserHeaders()];
  return router({})
    .pipeline("browser", [...pages, parseBody(), protectFromForgery()])
    .pipeline("members", [...pages, parseBody(), protectFromForgery()])
    .scope({ through: "browser" }, (scope) => {
      scope.live("/", CounterLive);
      for (const [path, view] of Object.entries(views)) scope.live(path, view);
      scope.post("/form", (conn) => text(conn, `name: ${JSON.stringify(conn.params.name)}`));
      scope.get("/echo", (conn, params) => text(conn, String(params.said)));
      scope.get("/go", (conn, { to }) => redirect(conn, { to: String(to) }));
    })
    .scope({ through: "members" }, (scope) => scope.live("/members", MembersLive));
}

const MembersLive = liveView("members").render(() => html`members only`);

/** Two who use the same server and must not notice anything: one in a channel, one with a view. */
export class Neighbours {
  readonly #member: RawClient;
  readonly #viewer: LiveClient;
  #clicks = 0;

  private constructor(member: RawClient, viewer: LiveClient) {
    this.#member = member;
    this.#viewer = viewer;
  }

  static async moveIn(test: TestContext, town: Town): Promise<Neighbours> {
    const member = await RawClient.open(test, town.socketUrl);
    await member.join("room:quiet");
    return new Neighbours(member, await new Browser(town).open(test, "/"));
  }

  /** Both are still there, with the state they had, and have heard nothing in between. */
  async noticeNothing(): Promise<void> {
    this.#member.send("1", "2", "room:quiet", "echo", "fine");
    assert.deepEqual(await this.#member.next(), [
      "1",
      "2",
      "room:quiet",
      "phx_reply",
      { status: "ok", response: { payload: "fine" } },
    ]);
    const answer = await this.#viewer.event("increment");
    assert.deepEqual(answer, { status: "ok", response: { diff: { "1": String(++this.#clicks) } } });
  }

  leave(): void {
    this.#member.webSocket.close();
    this.#viewer.webSocket.close();
  }
}

/** Waits until no processes are left but those of an idle server. */
export async function idle({ node, idleProcesses }: Town): Promise<void> {
  for (let turn = 0; node.processCount !== idleProcesses; turn++) {
    assert.ok(turn < 1_000_000, `still there: ${labels(node).join(", ")}`);
    await nextTurn();
  }
}

/** Nobody hears any of these topics. */
export function assertUnheard({ node }: Town, topics: Iterable<string>): void {
  for (const topic of topics) assert.equal(pubSubOf(node).subscriberCount(topic), 0, `subscriptions to ${topic} leak`);
}

function labels(node: Node): string[] {
  return [...node.processes()].map(({ label }) => label);
}
