/** A page and a channel that can be made to fail, under a watchdog with little patience. */
import { channel, socket } from "anqa/channel";
import { text } from "anqa/controller";
import { endpoint } from "anqa/endpoint";
import { application, watchdog } from "anqa/process";
import { defineRoutes, router } from "anqa/router";

const routes = defineRoutes({ home: "/", exit: "/exit/:code" });

const pages = router(routes).scope({ through: [] }, (scope) =>
  scope
    .get(routes.home, (conn) => text(conn, `answered by ${process.pid}`))
    .get(routes.exit, (_conn, { code }) => process.exit(Number(code))),
);

const Room = channel("room:*")
  .join((_request, _params, socket) => socket)
  .on("compute", () => computeForever());

function computeForever(): void {
  for (let round = 0; ; round++) if (round < 0) return;
}

export default application({
  children: [
    watchdog({ softLimit: 100, hardLimit: Number(process.env.HARD_LIMIT ?? 60_000) }),
    endpoint({
      router: pages,
      sockets: { "/socket": socket().channel(Room) },
      environment: "test",
      host: "127.0.0.1",
      port: Number(process.env.PORT),
      log: "silent",
    }),
    {
      id: "announcer",
      start: (node) =>
        node.spawn("announcer", () => {
          process.stdout.write(`ready ${process.pid}\n`);
          return { receive() {}, terminate: () => void process.stdout.write("stopped in order\n") };
        }),
    },
  ],
});
