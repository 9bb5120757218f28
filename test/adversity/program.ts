/** A server as its own operating-system process, for tests that kill it. Says `ready` and `working` on its standard output. */
import { channel, reply, socket } from "../../src/channel/index.ts";
import { text } from "../../src/controller/index.ts";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { application, run } from "../../src/process/index.ts";
import { router } from "../../src/router/index.ts";

const RoomChannel = channel("room:*")
  .on("echo", (payload) => reply(payload as object))
  .on("work", async (_payload, socket) => {
    await untilStopping();
    socket.broadcast("worked", {});
    process.stdout.write("handled\n");
  });

/** Work that is still going on when the signal comes, and takes a little longer. */
async function untilStopping(): Promise<void> {
  process.stdout.write("working\n");
  await new Promise((resolve) => process.once("SIGTERM", resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
}

const running = await run(
  application({
    children: [
      endpoint({
        router: router({}).scope({ through: [] }, (scope) =>
          scope.get("/work", async (conn) => {
            await untilStopping();
            text(conn, "done");
          }),
        ),
        sockets: { "/socket": socket().channel(RoomChannel) },
        environment: "production",
        secretKeyBase: "a secret for tests that is long enough",
        host: "127.0.0.1",
        log: "silent",
      }),
    ],
  }),
);
process.stdout.write(`ready ${endpointOf(running.node).address.port}\n`);
