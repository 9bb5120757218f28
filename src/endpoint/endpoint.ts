import type { Socket } from "node:net";
import { type Behaviour, type ChildSpec, outsideProcesses, type Process } from "../process/index.ts";
import { formatUrl, serverConfig, settingsOf } from "./config.ts";
import { Connections } from "./connections.ts";
import { abandon, drain } from "./drain.ts";
import { endpointStart } from "./events.ts";
import { createHttpServer, listen } from "./http-server.ts";
import { logOwnEvents } from "./log-lines.ts";
import { startLogger } from "./logger.ts";
import type { EndpointOptions } from "./options.ts";
import { compileOriginCheck } from "./origin.ts";
import { requestListener } from "./requests.ts";
import { type Endpoint, endpointService } from "./running-endpoint.ts";
import { socketPaths } from "./socket-paths.ts";
import { staticServer } from "./static-files.ts";
import { upgradeListener } from "./upgrades.ts";

const defaultDrainTimeout = 10_000;
/** Milliseconds beyond the drain that the supervisor waits: cutting connections off takes a moment. */
const shutdownMargin = 1_000;

/**
 * The HTTP server of an application, for the children of its supervision tree. A node has one.
 *
 * It has started when it listens; then {@link endpointOf} finds it. When it is told to stop it takes no
 * new connections, lets mounts close their sockets and requests finish, and cuts off what is still open
 * after `drainTimeout`.
 *
 * @throws at start, in one sentence: a route that nobody serves, a missing secret, an unusable option, a
 * port in use.
 * @example
 * application({ children: [Repo, endpoint({ router: appRouter, sockets: { "/live": liveSocket() } })] });
 */
export function endpoint(options: EndpointOptions): ChildSpec {
  const drainTimeout = options.drainTimeout ?? defaultDrainTimeout;
  return {
    id: "endpoint",
    shutdown: drainTimeout + shutdownMargin,
    start: (node) =>
      node.spawn("endpoint", (process) => startEndpoint(process, options, drainTimeout), { name: "endpoint" }),
  };
}

async function startEndpoint(owner: Process, options: EndpointOptions, drainTimeout: number): Promise<Behaviour> {
  const { node } = owner;
  const settings = settingsOf(options, process.env);
  options.router.check();
  const paths = socketPaths(options.sockets ?? {});
  const originAllowed = compileOriginCheck(options.checkOrigin, settings.publicUrl);
  const serveFile = staticServer(options.staticFiles ?? [], settings.environment === "production");
  owner.onExit(await startLogger(node, settings.environment, options.log));

  // What happens on the network belongs to nobody in particular, least of all to the endpoint's own process.
  const server = outsideProcesses(createHttpServer);
  const connections = new Connections();
  owner.onExit(() => abandon(server, connections));
  const port = await outsideProcesses(() => listen(server, settings.host, settings.port));
  if (owner.ended) {
    abandon(server, connections);
    throw new Error("the endpoint was ended while it started");
  }
  // Only now: whoever starts the endpoint is told why it could not start. From here on nothing waits, for
  // the next turn of the event loop may bring a request.
  logOwnEvents(node);

  const config = serverConfig(options, settings, port);
  const address = { host: settings.host, port };
  const endpoint: Endpoint = {
    node,
    config,
    router: options.router,
    address,
    url: formatUrl(config.url),
    originAllowed,
  };
  node.provide(endpointService, endpoint);
  const mounts = new Map([...paths.webSocket].map(([path, mount]) => [mount, path]));
  for (const [mount, path] of mounts) mount.start?.(endpoint, path.slice(0, path.lastIndexOf("/")));
  server.on("connection", (socket) => connections.opened(socket));
  server.on("request", requestListener(endpoint, serveFile, paths.reserved, connections));
  const upgrade = upgradeListener(endpoint, paths.webSocket, connections);
  server.on("upgrade", (request, socket, head) => upgrade(request, socket as Socket, head));
  server.on("error", (error) => owner.exit(error));
  endpointStart.execute({ node: node.name, url: endpoint.url, environment: settings.environment });

  return {
    receive() {},
    terminateTimeout: drainTimeout + shutdownMargin,
    terminate: () => drain(endpoint, server, connections, mounts, drainTimeout),
  };
}
