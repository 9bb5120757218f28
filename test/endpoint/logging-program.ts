import { endpoint, endpointOf, type LogSetting } from "../../src/endpoint/index.ts";
import { application } from "../../src/process/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";

// Run by logger.test.ts in a process of its own, so that its standard output can be read: serves one request and ends.
const spec = endpoint({
  router: router(defineRoutes({})),
  host: "127.0.0.1",
  port: 0,
  log: (process.env.LOG ?? "info") as LogSetting,
});
const running = await application({ children: [spec] }).start();
await (await fetch(`http://127.0.0.1:${endpointOf(running.node).address.port}/`)).text();
await running.stop();
