import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { Conn, type Plug, type ServerConfig } from "../../src/plug/index.ts";
import { createNode } from "../../src/process/index.ts";

/** A server that runs one plug for every request, as the endpoint does. */
export interface Site {
  readonly url: string;
  readonly config: ServerConfig;
  /** Requests a path; redirects are not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface SiteOptions extends Partial<ServerConfig> {
  /** What answers when the plug throws; by default the message as text. */
  readonly onError?: (conn: Conn, error: unknown) => void;
}

/** Serves until the test ends. */
export async function serve(t: TestContext, plug: Plug, options: SiteOptions = {}): Promise<Site> {
  const { onError = sendMessage, ...changes } = options;
  const node = createNode();
  const config = { ...defaults, ...changes };
  const server = createServer(async (request, response) => {
    const conn = new Conn(node, config, request, response);
    try {
      await plug(conn);
    } catch (error) {
      onError(conn, error);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, config, fetch: (path, init) => fetch(url + path, { redirect: "manual", ...init }) };
}

const defaults: ServerConfig = {
  environment: "test",
  secretKeyBase: "a secret for tests, which is long enough to be one of the real ones",
  url: { scheme: "http", host: "localhost", port: 80 },
  maxBodyBytes: 1_000_000,
};

function sendMessage(conn: Conn, error: unknown): void {
  const { status = 500, message, headers = {} } = error as { status?: number; message: string; headers?: object };
  for (const [name, value] of Object.entries(headers)) conn.setHeader(name, value);
  conn.send(status, message);
}
