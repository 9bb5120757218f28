import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket } from "ws";
import { useGuide } from "./support.ts";

const guide = useGuide("channels");

test("the official client hears what the guide shows", async (t) => {
  const { url } = await guide.serve(t);

  assert.equal(await guide.run(t, "client.ts", { SERVER: new URL(url).host }), guide.output("node client.ts"));
});

test("a socket without a token is refused", async (t) => {
  const { url } = await guide.serve(t);
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket/websocket?vsn=2.0.0&token=forged`);

  const status = await new Promise((resolve) => {
    socket.on("unexpected-response", (_request, response) => {
      resolve(response.statusCode);
      response.resume();
    });
  });

  assert.equal(status, 403);
});
