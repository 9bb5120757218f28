import { once } from "node:events";
import type { TestContext } from "node:test";
import { WebSocket } from "ws";
import type { ChannelType } from "../../src/channel/index.ts";
import { type SocketOptions, socket, type UserSocket } from "../../src/channel/index.ts";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { application, type RunningApplication } from "../../src/process/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";

/** A frame as it stands on the wire. */
export type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown];

/** An application with the given socket at `/socket`, stopped when the test ends. */
export async function startSocket(
  test: TestContext,
  mount: UserSocket,
  port = 0,
): Promise<{ running: RunningApplication; port: number; url: string }> {
  const running = await application({
    children: [
      endpoint({
        router: router(defineRoutes({})),
        sockets: { "/socket": mount },
        environment: "test",
        host: "127.0.0.1",
        port,
        log: "silent",
      }),
    ],
  }).start();
  test.after(() => running.stop());
  const { address } = endpointOf(running.node);
  return { running, port: address.port, url: `ws://127.0.0.1:${address.port}/socket` };
}

/** The same with channels alone. */
export function startChannels(test: TestContext, channels: readonly ChannelType[], options?: SocketOptions) {
  return startSocket(
    test,
    channels.reduce((mount, channel) => mount.channel(channel), socket(options)),
  );
}

/** A client that says exactly what it is told, and keeps what it hears until it is asked for. */
export class RawClient {
  readonly webSocket: WebSocket;
  readonly #heard: Frame[] = [];
  #wake: (() => void) | undefined;

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on("message", (data) => {
      this.#heard.push(JSON.parse(data.toString()) as Frame);
      this.#wake?.();
    });
  }

  static async open(test: TestContext, url: string, query = "vsn=2.0.0"): Promise<RawClient> {
    const webSocket = new WebSocket(`${url}/websocket?${query}`);
    test.after(() => webSocket.terminate());
    const client = new RawClient(webSocket);
    await once(webSocket, "open");
    return client;
  }

  send(...frame: Frame): void {
    this.webSocket.send(JSON.stringify(frame));
  }

  /** The next frame that was not asked for yet. */
  async next(): Promise<Frame> {
    while (this.#heard.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#heard.shift() as Frame;
  }

  /** Joins a topic with ref "1" and expects to be let in. */
  async join(topic: string, ref = "1", params: unknown = {}): Promise<unknown> {
    this.send(ref, ref, topic, "phx_join", params);
    const [, , , , reply] = await this.next();
    const { status, response } = reply as { status: string; response: unknown };
    if (status !== "ok") throw new Error(`join of ${topic} refused: ${JSON.stringify(response)}`);
    return response;
  }

  /** Says something that is always answered, and returns what was heard before that answer. */
  async heardUntilNow(): Promise<Frame[]> {
    this.send(null, "now", "phoenix", "heartbeat", {});
    const frames: Frame[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame[1] === "now") return frames;
      frames.push(frame);
    }
  }

  /** Code and reason of the close, when it comes. */
  async closed(): Promise<{ code: number; reason: string }> {
    const [code, reason] = await once(this.webSocket, "close");
    return { code, reason: String(reason) };
  }
}
