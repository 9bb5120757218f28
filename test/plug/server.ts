import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { TestContext } from "node:test";
import { Conn, type Plug, type ServerConfig } from "../../src/plug/index.ts";
import { createNode, type Node } from "../../src/process/index.ts";

/** A configuration for tests; a fresh object each time, so nothing is cached across tests. */
export function testConfig(overrides: Partial<ServerConfig> = {}): ServerConfig {
  return {
    environment: "test",
    secretKeyBase: "a secret of the tests, longer than thirty-two characters",
    url: { scheme: "http", host: "localhost", port: 80 },
    maxBodyBytes: 1_000,
    ...overrides,
  };
}

/** A server that sends each request through `plug` and says in the body why one failed. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly node: Node;
  readonly config: ServerConfig;
  /** Every error that a request ended with, in order. */
  readonly errors: unknown[];
  /** Resolves with the conn of the next request that was handled to its end. */
  handled(): Promise<Conn>;
}

/** As much of an error as its answer shows. */
interface Failure extends Error {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function serve(test: TestContext, plug: Plug, overrides?: Partial<ServerConfig>): Promise<TestServer> {
  const config = testConfig(overrides);
  const node = createNode("plug-test");
  const errors: unknown[] = [];
  let waiting: ((conn: Conn) => void)[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const conn = new Conn(node, config, request, response);
    try {
      await plug(conn);
      if (!conn.sent && !conn.halted) conn.send(200, "ok");
      await conn.sending;
    } catch (error) {
      errors.push(error);
      const { status = 500, message, headers = {} } = error as Failure;
      if (!response.headersSent) conn.mergeHeaders(headers).send(status, message);
    }
    for (const resolve of waiting) resolve(conn);
    waiting = [];
  };
  const listener: RequestListener = (request, response) => void handle(request, response);
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const handled = () => new Promise<Conn>((resolve) => waiting.push(resolve));
  return { url: `http://127.0.0.1:${port}`, port, node, config, errors, handled };
}

/** Sends bytes as they are and resolves with everything that comes back until the server closes. */
export function exchange(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      answer += text;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

/** The `name=value` of the cookies that a response sets, to send them back. */
export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((header) => header.slice(0, header.indexOf(";")))
    .join("; ");
}

/** Resolves when a number has not changed for many turns of the event loop: what makes it change waits for something. */
export async function standstill(read: () => number): Promise<void> {
  for (let last = read(), turns = 0; turns < 5_000; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (read() !== last) turns = 0;
    last = read();
  }
}
