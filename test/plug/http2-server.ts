import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { Conn, type Plug } from "../../src/plug/index.ts";
import { createNode } from "../../src/process/index.ts";
import { testConfig } from "./server.ts";

/** A server that sends each request over HTTP/2 through `plug`, and a client of it. */
export async function serveHttp2(context: TestContext, plug: Plug): Promise<ClientHttp2Session> {
  const server = createServer();
  const node = createNode();
  const config = testConfig();
  server.on("request", async (request, response) => {
    const conn = new Conn(node, config, request as never, response as never);
    try {
      await plug(conn);
      if (!conn.sent && !conn.halted) conn.send(200, "ok");
    } catch (error) {
      conn.send((error as { status?: number }).status ?? 500, (error as Error).message);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  context.after(() => {
    client.destroy();
    server.close();
  });
  return client;
}

/** Posts a body; `end: false` leaves it unfinished. Answers with status and body. */
export async function postHttp2(
  client: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
  body?: string | Buffer,
  { end = true } = {},
): Promise<string> {
  const stream = client.request({ ":method": "POST", ...headers }, { endStream: body === undefined });
  const status = once(stream, "response").then(([response]) => response[":status"]);
  if (body !== undefined) stream.write(body);
  if (body !== undefined && end) stream.end();
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  stream.destroy();
  return `${await status} ${text}`;
}
