/** A server for the test that lets no file become large: it writes its port, and is ended with its standard input. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Conn, compilePipeline, parseBody } from "../../src/plug/index.ts";
import { createNode } from "../../src/process/index.ts";
import { testConfig } from "./server.ts";

const [directory = ""] = process.argv.slice(2);
const node = createNode();
const config = testConfig({ maxBodyBytes: 10_000_000 });
const plug = compilePipeline([parseBody({ uploads: { directory } }), (conn) => conn.send(200, "stored")]);

const server = createServer(async (request, response) => {
  const conn = new Conn(node, config, request, response);
  try {
    await plug(conn);
  } catch (error) {
    conn.send((error as { status?: number }).status ?? 500, (error as Error).message);
  }
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.on("end", () => process.exit()).resume();
