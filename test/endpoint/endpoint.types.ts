import { clientScriptPath, endpoint, logTelemetry, originRefused, type SocketMount } from "../../src/endpoint/index.ts";
import type { Node } from "../../src/process/index.ts";
import type { Router } from "../../src/router/index.ts";

declare const router: Router;
declare const node: Node;

endpoint({ router });
endpoint({ router, checkOrigin: false });
endpoint({ router, checkOrigin: ["//example.org"], staticFiles: [{ at: "/assets", from: "assets" }], log: "silent" });

endpoint({ router, https: { key: new URL("file:///key.pem"), cert: "cert.pem" }, http: { port: 80 } });
endpoint({
  router,
  http: [
    { port: 80, host: "::1" },
    { socketPath: "/run/shop.sock", socketMode: 0o666 },
  ],
});
endpoint({ router, limits: { maxConnections: 10_000, requestTimeout: false } });

// @ts-expect-error a key needs its certificate
endpoint({ router, https: { key: "key.pem" } });
// @ts-expect-error a further place has a port of its own
endpoint({ router, http: { host: "::1" } });
// @ts-expect-error no such limit
endpoint({ router, limits: { maxHeader: 5 } });
// @ts-expect-error only time-outs can be turned off
endpoint({ router, limits: { maxHeaders: false } });

// @ts-expect-error a router is needed
endpoint({});
// @ts-expect-error turning the check off takes an explicit false
endpoint({ router, checkOrigin: true });
// @ts-expect-error no such level
endpoint({ router, log: "verbose" });
// @ts-expect-error no such environment
endpoint({ router, environment: "staging" });

// @ts-expect-error no such script
clientScriptPath("jquery");

logTelemetry(node, originRefused, "warn", ({ origin }) => ({ message: origin }));
// @ts-expect-error the event has no such field
logTelemetry(node, originRefused, "warn", ({ referer }) => ({ message: referer }));

// @ts-expect-error a mount can be drained
export const mount: SocketMount = { upgrade() {} };
