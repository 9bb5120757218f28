import { channel, reply, socket } from "anqa/channel";
import { json } from "anqa/controller";
import { endpoint, endpointOf } from "anqa/endpoint";
import { html, liveSocket, liveView } from "anqa/live";
import { type Application, application } from "anqa/process";
import { defineRoutes, router } from "anqa/router";

const routes = defineRoutes({ greeting: "/hello/:name", counter: "/counter" });

const Echo = channel("echo").on("say", (payload) => reply(payload as object));

const CounterLive = liveView("counter")
  .mount((_params, _session, socket) => socket.assign({ count: 0 }))
  .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .render(({ count }) => html`<p>${count}</p>`);

// @ts-expect-error -- the published types know the parameters of a route
export const misspelt = () => routes.greeting({ nmae: "world" });

const app: Application = application({
  children: [
    endpoint({
      router: router(routes)
        .pipeline("plain", [])
        .scope({ through: "plain" }, (scope) =>
          scope.get(routes.greeting, (conn, { name }) => json(conn, { hello: name })).live(routes.counter, CounterLive),
        ),
      sockets: { "/live": liveSocket(), "/socket": socket().channel(Echo) },
      host: "127.0.0.1",
      port: 0,
      environment: "test",
      secretKeyBase: "x".repeat(64),
      log: "silent",
    }),
  ],
});

const running = await app.start();
const response = await fetch(`${endpointOf(running.node).url}${routes.greeting({ name: "world" })}`);
process.stdout.write(`${response.status} ${await response.text()}\n`);
await running.stop();
