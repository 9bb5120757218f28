import { setMaxListeners } from "node:events";
import { checkErrorViews } from "../controller/index.ts";
import { type Behaviour, outsideProcesses, type Process } from "../process/index.ts";
import { formatUrl, serverConfig, settingsOf } from "./config.ts";
import { Connections } from "./connections.ts";
import { abandon, drain } from "./drain.ts";
import type { EndpointSpec } from "./endpoint-spec.ts";
import { endpointStart } from "./events.ts";
import { Http2Sessions } from "./http2/http2-sessions.ts";
import { decideLimits } from "./limits.ts";
import { logOwnEvents } from "./log-lines.ts";
import { startLogger } from "./logger.ts";
import type { EndpointOptions } from "./options.ts";
import { compileOriginCheck } from "./origin.ts";
import { placesOf } from "./places.ts";
import { requestCheck } from "./request-check.ts";
import { requestHandler } from "./requests.ts";
import { type Endpoint, endpointService } from "./running-endpoint.ts";
import { Servers } from "./servers.ts";
import { socketPaths } from "./socket-paths.ts";
import { staticFilesServer } from "./static-files.ts";
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
 * port in use, a certificate that cannot be used.
 * @example
 * application({ children: [Repo, endpoint({ router: appRouter, sockets: { "/live": liveSocket() } })] });
 */
export function endpoint(options: EndpointOptions): EndpointSpec {
  const drainTimeout = options.drainTimeout ?? defaultDrainTimeout;
  return {
    id: "endpoint",
    router: options.router,
    shutdown: drainTimeout + shutdownMargin,
    start: (node) =>
      node.spawn("endpoint", (process) => startEndpoint(process, options, drainTimeout), { name: "endpoint" }),
  };
}

async function startEndpoint(owner: Process, options: EndpointOptions, drainTimeout: number): Promise<Behaviour> {
  const { node } = owner;
  const settings = settingsOf(options, process.env);
  const places = placesOf(options, settings);
  const limits = decideLimits(options.limits);
  const check = requestCheck(limits);
  options.router.check();
  checkErrorViews(options.errors ?? {});
  const paths = socketPaths(options.sockets ?? {});
  const originAllowed = compileOriginCheck(options.checkOrigin, settings.publicUrl);
  const serveFile = staticFilesServer(options.staticFiles ?? [], settings.environment === "production");
  owner.onExit(await startLogger(node, settings.environment, options.log));

  // What happens on the network belongs to nobody in particular, least of all to the endpoint's own process.
  const servers = outsideProcesses(() => new Servers(places, options.https, limits));
  const connections = new Connections(limits.maxRequestsPerConnection);
  const sessions = new Http2Sessions(node.name, limits);
  const draining = new AbortController();
  // Every stream of the endpoint may listen to it.
  setMaxListeners(0, draining.signal);
  const stoppable = { servers, connections, sessions, draining };
  owner.onExit(() => abandon(stoppable));
  await outsideProcesses(() => servers.listen());
  if (owner.ended) {
    abandon(stoppable);
    throw new Error("the endpoint was ended while it started");
  }
  // Only now: whoever starts the endpoint is told why it could not start. From here on nothing waits, for
  // the next turn of the event loop may bring a request.
  logOwnEvents(node, options.filterParameters);

  const { address, addresses } = servers;
  const config = serverConfig(options, settings, address.port, draining.signal);
  const endpoint: Endpoint = {
    node,
    config,
    router: options.router,
    address,
    addresses,
    url: formatUrl(config.url),
    originAllowed,
    draining: draining.signal,
    handle: (request, response, prepare) => requests.handle(request, response, prepare),
    reloadCertificate: () => servers.reloadCertificate(),
  };
  const requests = requestHandler(endpoint, check, options.plugs ?? [], serveFile, paths.reserved, connections);
  const upgrade = upgradeListener(endpoint, check, paths.webSocket, connections);
  node.provide(endpointService, endpoint);
  const mounts = new Map([...paths.webSocket].map(([path, mount]) => [mount, path]));
  for (const [mount, path] of mounts) mount.start?.(endpoint, path.slice(0, path.lastIndexOf("/")));
  servers.serve({ node: node.name, limits, connections, sessions, requests, upgrade });
  servers.onError((error) => owner.exit(error));
  endpointStart.execute({ node: node.name, url: endpoint.url, environment: settings.environment, addresses });

  return {
    receive() {},
    terminateTimeout: drainTimeout + shutdownMargin,
    terminate: () => drain(endpoint, stoppable, mounts, drainTimeout),
  };
}
