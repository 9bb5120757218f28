import assert from "node:assert/strict";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { WebSocket } from "ws";
import { fetchFlash, putFlash, putRootLayout, type RootLayout, redirect, text } from "../../src/controller/index.ts";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { html, type LiveView, liveScripts, liveSocket } from "../../src/live/index.ts";
import { csrfToken, fetchSession, type ServerConfig } from "../../src/plug/index.ts";
import { application, type Node } from "../../src/process/index.ts";
import { type Router, type RouterChain, router, type Scope } from "../../src/router/index.ts";
import type { TelemetryEvent } from "../../src/telemetry/index.ts";

const Root: RootLayout = ({ inner, pageTitle, csrfToken, flash }) => html`<!doctype html>
<html><head><meta name="csrf-token" content="${csrfToken}"><title>${pageTitle ?? "none"}</title>${liveScripts()}</head>
<body><p id="layout-flash">${flash.info}</p>${inner}</body></html>`;

const browser = [fetchSession(), fetchFlash(), putRootLayout(Root)];

/** A router for views by path, and whatever `declare` adds to the same scope. */
export function routerFor(
  views: Readonly<Record<string, LiveView>>,
  declare: (scope: Scope) => void = () => {},
): RouterChain<Record<"browser" | "other", object>> {
  return router({})
    .pipeline("browser", browser)
    .pipeline("other", browser)
    .scope({ through: "browser" }, (scope) => {
      for (const [path, view] of Object.entries(views)) scope.live(path, view);
      scope.get("/plain", (conn) => text(conn, "plain"));
      scope.get("/login-as/:name", (conn, { name }) => {
        conn.session.put("user", name);
        putFlash(conn, "info", `Hello ${name}`);
        redirect(conn, { to: "/plain" });
      });
      scope.get("/csrf", (conn) => text(conn, csrfToken(conn)));
      declare(scope);
    });
}

export interface TestServer {
  readonly node: Node;
  readonly config: ServerConfig;
  readonly url: string;
}

/** An application that serves a router and its views, stopped when the test ends. */
export async function serve(
  test: TestContext,
  served: Router | Readonly<Record<string, LiveView>>,
): Promise<TestServer> {
  const running = await application({
    children: [
      endpoint({
        router:
          "routes" in served && typeof served.call === "function"
            ? (served as Router)
            : routerFor(served as Record<string, LiveView>),
        sockets: { "/live": liveSocket() },
        environment: "test",
        secretKeyBase: "a secret for tests that is long enough",
        host: "127.0.0.1",
        port: 0,
        log: "silent",
      }),
    ],
  }).start();
  test.after(() => running.stop());
  const { config, address } = endpointOf(running.node);
  return { node: running.node, config, url: `http://127.0.0.1:${address.port}` };
}

/** A frame as text, as it stands on the wire. */
export type Frame = [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: Record<string, unknown>,
];

/** A browser with a cookie jar that shows one page. */
export class Browser {
  readonly server: TestServer;
  readonly cookies = new Map<string, string>();
  status = 0;
  body = "";
  location: string | null = null;
  path = "";

  constructor(server: TestServer) {
    this.server = server;
  }

  /** Loads a page, without following redirects. */
  async get(path: string): Promise<this> {
    const response = await fetch(this.server.url + path, {
      redirect: "manual",
      headers: { cookie: this.cookieHeader },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const equals = pair.indexOf("=");
      if (/max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, equals));
      else this.cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
    this.path = path;
    this.status = response.status;
    this.location = response.headers.get("location");
    this.body = await response.text();
    return this;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** The id of the view's element. */
  get id(): string {
    return this.#attribute("id", /<\w+ id="(phx-[^"]+)"/);
  }

  get session(): string {
    return this.#attribute("data-phx-session", /data-phx-session="([^"]+)"/);
  }

  get statics(): string {
    return this.#attribute("data-phx-static", /data-phx-static="([^"]+)"/);
  }

  get csrf(): string {
    return this.#attribute("csrf-token", /name="csrf-token" content="([^"]+)"/);
  }

  get topic(): string {
    return `lv:${this.id}`;
  }

  /** Opens the socket of the page. */
  async connect(test: TestContext, csrf: string = this.csrf): Promise<LiveClient> {
    const query = new URLSearchParams({ _csrf_token: csrf, _mounts: "0", _live_referer: "undefined", vsn: "2.0.0" });
    const webSocket = new WebSocket(`${this.server.url.replace("http", "ws")}/live/websocket?${query}`, {
      headers: { cookie: this.cookieHeader },
    });
    test.after(() => webSocket.terminate());
    const client = new LiveClient(webSocket, this);
    await once(webSocket, "open");
    return client;
  }

  /** Loads a page with a view, connects, and joins it with ref "4". */
  async open(test: TestContext, path: string): Promise<LiveClient> {
    await this.get(path);
    assert.equal(this.status, 200, this.body);
    const client = await this.connect(test);
    const answer = await client.join();
    assert.equal(answer.status, "ok", JSON.stringify(answer));
    return client;
  }

  #attribute(name: string, pattern: RegExp): string {
    const found = pattern.exec(this.body)?.[1];
    if (found === undefined) throw new Error(`the page at ${this.path} (${this.status}) has no ${name}: ${this.body}`);
    return found;
  }
}

export interface Answer {
  readonly status: string;
  readonly response: Record<string, unknown>;
}

/** The socket of a page: says exactly what it is told, and keeps what it hears until it is asked for. */
export class LiveClient {
  readonly webSocket: WebSocket;
  readonly browser: Browser;
  readonly topic: string;
  readonly #heard: string[] = [];
  #wake: (() => void) | undefined;
  joinRef = "4";

  constructor(webSocket: WebSocket, browser: Browser) {
    this.webSocket = webSocket;
    this.browser = browser;
    this.topic = browser.topic;
    webSocket.on("message", (data) => {
      this.#heard.push(data.toString());
      this.#wake?.();
    });
  }

  sendText(text: string): void {
    this.webSocket.send(text);
  }

  send(ref: string | null, event: string, payload: unknown): void {
    this.sendText(JSON.stringify([this.joinRef, ref, this.topic, event, payload]));
  }

  /** The next frame, as it came. */
  async nextText(): Promise<string> {
    while (this.#heard.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#heard.shift() as string;
  }

  async next(): Promise<Frame> {
    return JSON.parse(await this.nextText());
  }

  /** The payload of a join as the client makes it, with changes; `undefined` takes a key away. */
  joinPayload(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const { browser } = this;
    return {
      url: browser.server.url + browser.path,
      params: { _csrf_token: browser.csrf, _mounts: 0, _mount_attempts: 0 },
      session: browser.session,
      static: browser.statics,
      sticky: false,
      ...changes,
    };
  }

  /** Joins the view of the page and returns the answer, which has to be the next frame. */
  async join(changes?: Readonly<Record<string, unknown>>, ref = "4"): Promise<Answer> {
    this.joinRef = ref;
    this.send(ref, "phx_join", this.joinPayload(changes));
    const [, answered, , event, payload] = await this.next();
    assert.deepEqual([answered, event], [ref, "phx_reply"]);
    return payload as unknown as Answer;
  }

  /** Sends an event and returns what is answered, which has to be the next frame. */
  async event(event: string, value: unknown = {}, type = "click"): Promise<Answer> {
    const ref = String(++this.#lastRef);
    this.send(ref, "event", { type, event, value });
    const frame = await this.next();
    assert.deepEqual([frame[1], frame[3]], [ref, "phx_reply"], JSON.stringify(frame));
    return frame[4] as unknown as Answer;
  }

  /** Says something that is always answered, and returns what was heard before that answer. */
  async heardUntilNow(): Promise<Frame[]> {
    this.sendText(JSON.stringify([null, "now", "phoenix", "heartbeat", {}]));
    const frames: Frame[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame[1] === "now") return frames;
      frames.push(frame);
    }
  }

  #lastRef = 1000;
}

/** What a telemetry event reports, until the test ends. */
export function record<Payload>(test: TestContext, event: TelemetryEvent<Payload>): Payload[] {
  const payloads: Payload[] = [];
  test.after(event.attach((payload) => void payloads.push(payload)));
  return payloads;
}
