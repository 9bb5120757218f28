import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { type Endpoint, refuseSocket, type SocketMount, type UpgradeContext } from "../endpoint/index.ts";
import { decodeQuery, HttpError, type Params, readSession, type SessionData } from "../plug/index.ts";
import { self } from "../process/index.ts";
import { pubSubOf } from "../pubsub/index.ts";
import { Connection } from "./connection.ts";
import { connectRefused } from "./events.ts";
import type { ChannelType } from "./instance.ts";
import { logSocketEvents } from "./log.ts";
import { MountState, type SocketLimits } from "./mount-state.ts";

/** What a client said about itself when it connected. */
export interface ConnectInfo {
  readonly endpoint: Endpoint;
  /** Query of the socket's URL: the client's connect params and `vsn`. Not to be trusted. */
  readonly params: Params;
  /** The HTTP session that came with the upgrade: that of its cookie, if it is genuine, or that of a store. */
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

const defaultLimits: SocketLimits = {
  maxChannels: 100,
  maxBufferedBytes: 16 * 1024 * 1024,
  idleTimeout: 60_000,
  drainBatch: 10_000,
  drainInterval: 2_000,
};

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
    const state = this.#states.get(endpoint);
    if (state === undefined) return refuseSocket(socket, 503);
    const params = readParams(url);
    if (typeof params === "string") return refuse(state, socket, params, 400);
    const refusal = versionProblem(params.vsn);
    if (refusal !== undefined) return refuse(state, socket, refusal);
    const { connect } = this.#options;
    if (connect === undefined) return this.#accept(state, request, socket, head, {});
    const { headers } = request;
    const remoteAddress = socket.remoteAddress ?? "";
    const ask = (session: SessionData | null) => connect({ endpoint, params, session, headers, remoteAddress });
    const decide = (result: ConnectResult) => {
      if (result === false) refuse(state, socket, "the application refused the connection");
      else this.#accept(state, request, socket, head, result.assigns ?? {});
    };
    // A promise where sessions are kept in a store.
    const session = readSession(headers.cookie, endpoint);
    const answer = session instanceof Promise ? session.then(ask) : ask(session);
    if (answer instanceof Promise) {
      answer.then(decide, (error) => {
        refuse(state, socket, `connect failed: ${String(error)}`, error instanceof HttpError ? error.status : 500);
      });
    } else decide(answer);
  }

  start(endpoint: Endpoint, path: string): void {
    logSocketEvents(endpoint.node);
    pubSubOf(endpoint.node); // from the start in the tree, and not with the first channel that hears its topic
    const process = endpoint.node.spawn(`socket ${path}`, () => ({ receive() {} }), { link: self() });
    const limits = { ...defaultLimits, ...this.#options };
    this.#states.set(endpoint, new MountState(endpoint, process, path, this.#options.channels, limits));
    process.onExit(() => {
      this.#states.get(endpoint)?.abandon();
      this.#states.delete(endpoint);
    });
  }

  async drain(endpoint: Endpoint): Promise<void> {
    const state = this.#states.get(endpoint);
    await state?.drain();
    state?.process.exit("normal");
  }

  #accept(
    state: MountState,
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    assigns: Readonly<Record<string, unknown>>,
  ): void {
    if (state.draining) return refuse(state, socket, "the server is stopping", 503);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.setNoDelay(true);
      const connection = new Connection(state, webSocket, socket, assigns);
      connection.lastHeard = state.sweeps;
      state.add(connection);
      listen(webSocket, connection);
    });
  }
}

function listen(webSocket: WebSocket, connection: Connection): void {
  webSocket.on("message", (data, isBinary) => {
    if (isBinary) connection.drop(1003, "binary frames are not supported here");
    else connection.receive(data.toString());
  });
  // `ws` has already answered with the close code that fits; the close event follows.
  webSocket.on("error", (error: NodeJS.ErrnoException) => {
    connection.drop(closeCodes[error.code ?? ""] ?? 1002, error.message);
  });
  webSocket.on("close", () => connection.closed());
}

/** What `ws` closes with for errors other than violations of the protocol. */
const closeCodes: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};

/** The connect params, or a sentence that says what is wrong with them. */
function readParams(url: URL): Params | string {
  try {
    return decodeQuery(url.search.slice(1));
  } catch (error) {
    if (error instanceof HttpError) return error.message;
    throw error;
  }
}

function versionProblem(vsn: unknown): string | undefined {
  if (typeof vsn === "string" && /^2\.\d+\.\d+$/.test(vsn)) return undefined;
  return `protocol version ${JSON.stringify(vsn ?? "1.0.0")} is not supported: use vsn=2.0.0`;
}

function refuse(state: MountState, socket: Socket, reason: string, status = 403): void {
  connectRefused.execute({ node: state.endpoint.node.name, mount: state.path, status, reason });
  refuseSocket(socket, status);
}
