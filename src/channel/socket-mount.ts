import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Endpoint, SocketMount, UpgradeContext } from "../endpoint/index.ts";
import { decodeQuery, type Params, readSession, type SessionData } from "../plug/index.ts";
import { Connection } from "./connection.ts";
import { connectionDropped, connectRefused } from "./events.ts";
import type { ChannelType } from "./instance.ts";
import { logSocketEvents } from "./log.ts";
import { MountState, type SocketLimits } from "./mount-state.ts";

/** What a client said about itself when it connected. */
export interface ConnectInfo {
  readonly endpoint: Endpoint;
  /** Query of the socket's URL: the client's connect params and `vsn`. Not to be trusted. */
  readonly params: Params;
  /** The HTTP session that came with the upgrade, if its cookie is genuine. */
  readonly session: SessionData | null;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
}

/** What `connect` answers: values for the connection, or false to refuse it with status 403. */
export type ConnectResult = { readonly assigns?: Readonly<Record<string, unknown>> } | false;

export interface SocketMountOptions extends Partial<SocketLimits> {
  readonly channels: readonly ChannelType[];
  /** Decides who may connect; everybody, if absent. */
  readonly connect?: (info: ConnectInfo) => ConnectResult | Promise<ConnectResult>;
  /** Largest message a client may send, in bytes, default 1 MiB. A larger one closes with code 1009. */
  readonly maxFrameBytes?: number;
}

const defaultLimits: SocketLimits = { maxChannels: 100, maxBufferedBytes: 16 * 1024 * 1024, idleTimeout: 60_000 };

/**
 * Something that clients of the `phoenix` package connect to over WebSocket (PROTOCOL section 1).
 *
 * Channels of applications and LiveView both stand on it.
 */
export function socketMount(options: SocketMountOptions): SocketMount {
  return new WebSocketMount(options);
}

class WebSocketMount implements SocketMount {
  readonly #options: SocketMountOptions;
  readonly #server: WebSocketServer;
  // A mount is a value of the application's code: several endpoints, in tests, may serve the same one.
  readonly #states = new Map<Endpoint, MountState>();

  constructor(options: SocketMountOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.maxFrameBytes ?? 1024 * 1024,
    });
  }

  upgrade(context: UpgradeContext): void {
    const { endpoint, request, socket, head, url } = context;
    const state = this.#stateFor(endpoint, url.pathname);
    const params = decodeQuery(url.search.slice(1));
    const refusal = versionProblem(params.vsn);
    if (refusal !== undefined) return refuse(state, socket, refusal);
    if (this.#options.connect === undefined) return this.#accept(state, request, socket, head, {});
    const info: ConnectInfo = {
      endpoint,
      params,
      session: readSession(request.headers.cookie, endpoint.config),
      headers: request.headers,
      remoteAddress: socket.remoteAddress ?? "",
    };
    const decide = (result: ConnectResult) => {
      if (result === false) refuse(state, socket, "the application refused the connection");
      else this.#accept(state, request, socket, head, result.assigns ?? {});
    };
    const answer = this.#options.connect(info);
    if (answer instanceof Promise) {
      answer.then(decide, (error) => refuse(state, socket, `connect failed: ${String(error)}`, 500));
    } else decide(answer);
  }

  start(endpoint: Endpoint): void {
    logSocketEvents(endpoint.node);
  }

  async drain(endpoint: Endpoint): Promise<void> {
    const state = this.#states.get(endpoint);
    this.#states.delete(endpoint);
    await state?.drain();
  }

  #stateFor(endpoint: Endpoint, pathname: string): MountState {
    const existing = this.#states.get(endpoint);
    if (existing !== undefined) return existing;
    const path = pathname.slice(0, pathname.lastIndexOf("/"));
    const state = new MountState(endpoint, path, this.#options.channels, { ...defaultLimits, ...this.#options });
    this.#states.set(endpoint, state);
    return state;
  }

  #accept(
    state: MountState,
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    assigns: Readonly<Record<string, unknown>>,
  ): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.setNoDelay(true);
      const connection = new Connection(state, webSocket, socket, assigns);
      connection.lastHeard = state.sweeps;
      state.add(connection);
      listen(webSocket, connection, state);
    });
  }
}

function listen(webSocket: WebSocket, connection: Connection, state: MountState): void {
  webSocket.on("message", (data, isBinary) => {
    if (isBinary) {
      connectionDropped.execute({
        node: state.endpoint.node.name,
        mount: state.path,
        code: 1003,
        reason: "binary frame",
      });
      connection.close(1003, "binary frames are not supported here");
    } else connection.receive(data.toString());
  });
  // `ws` has already answered with the close code that fits; the close event follows.
  webSocket.on("error", (error) => {
    connectionDropped.execute({ node: state.endpoint.node.name, mount: state.path, code: 1002, reason: error.message });
  });
  webSocket.on("close", () => {
    state.remove(connection);
    connection.ended();
  });
}

function versionProblem(vsn: unknown): string | undefined {
  if (typeof vsn === "string" && /^2\.\d+\.\d+$/.test(vsn)) return undefined;
  return `protocol version ${JSON.stringify(vsn ?? "1.0.0")} is not supported: use vsn=2.0.0`;
}

function refuse(state: MountState, socket: Socket, reason: string, status: 403 | 500 = 403): void {
  connectRefused.execute({ node: state.endpoint.node.name, mount: state.path, status, reason });
  const phrase = status === 403 ? "Forbidden" : "Internal Server Error";
  socket.end(`HTTP/1.1 ${status} ${phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
