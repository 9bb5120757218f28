/** Bare `node:http` with the least that answers: the floor under every framework on Node.js. */
import { createServer } from "node:http";
import { measured } from "./measured.ts";

const server = createServer((_request, response) => {
  const body = JSON.stringify({ hello: "world" });
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": body.length });
  response.end(body);
});
server.listen(measured.port, "127.0.0.1", () => measured.ready());
