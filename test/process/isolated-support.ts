import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { application, isolatedPool, type Node, Task } from "../../src/process/index.ts";
import type { IsolatedPoolOptions } from "../../src/process/isolated/pool.ts";
import type { IsolatedOptions } from "../../src/process/isolated.ts";

export const functions = new URL("./isolated-functions.ts", import.meta.url);

/** A node with a pool, which ends with the test. */
export async function nodeWithPool(t: TestContext, options: IsolatedPoolOptions = {}): Promise<Node> {
  const running = await application({ children: [isolatedPool({ size: 1, ...options })] }).start();
  t.after(() => running.stop());
  return running.node;
}

/** Runs one of the functions. */
export function run<Value = unknown>(
  node: Node,
  name: string,
  argument?: unknown,
  options?: Partial<IsolatedOptions>,
): Promise<Value> {
  return Task.isolated<Value>(functions, argument, { timeout: 60_000, export: name, node, ...options });
}

/** A port for the function `gate`, and for whoever else connects to it: shows who is there, and lets them go on. */
export class Gate {
  readonly #server: Server;
  readonly #inside = new Set<Socket>();
  #opened = false;
  #changed: () => void = () => {};

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#inside.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          this.#inside.delete(socket);
          this.#changed();
        });
      socket.resume();
      if (this.#opened) socket.end();
      this.#changed();
    });
  }

  /** A gate that is closed, until the test ends. */
  static async make(t: TestContext): Promise<Gate> {
    const gate = new Gate(createServer().listen(0, "127.0.0.1"));
    await once(gate.#server, "listening");
    t.after(() => {
      gate.open();
      gate.#server.close();
    });
    return gate;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many wait in it. */
  get count(): number {
    return this.#inside.size;
  }

  /** Resolves when so many wait in it. */
  async holds(count: number): Promise<void> {
    while (this.#inside.size !== count) await new Promise<void>((resolve) => (this.#changed = resolve));
  }

  open(): void {
    this.#opened = true;
    for (const socket of this.#inside) socket.end();
  }
}
