import type { Node } from "../process/index.ts";
import { formatUrl, serverConfig, settingsOf } from "./config.ts";
import { Connections } from "./connections.ts";
import { decideLimits } from "./limits.ts";
import type { EndpointOptions } from "./options.ts";
import { compileOriginCheck } from "./origin.ts";
import { requestCheck } from "./request-check.ts";
import { requestHandler } from "./requests.ts";
import { type Endpoint, endpointService } from "./running-endpoint.ts";
import { staticFilesServer } from "./static-files.ts";

/** The options that matter to an endpoint without a network. */
export type OfflineEndpointOptions = Pick<
  EndpointOptions,
  | "router"
  | "plugs"
  | "environment"
  | "secretKeyBase"
  | "previousSecretKeyBases"
  | "url"
  | "checkOrigin"
  | "staticFiles"
  | "maxBodyBytes"
  | "limits"
  | "errors"
  | "session"
>;

/**
 * An endpoint that listens nowhere: it answers what its `handle` is given, and nothing else. For tests of a router
 * that stands alone. It writes no log, opens no sockets, and need not be stopped; the node has it from now on.
 *
 * @throws what `endpoint` throws at start.
 */
export function offlineEndpoint(node: Node, options: OfflineEndpointOptions): Endpoint {
  const settings = settingsOf({ environment: "test", ...options }, {});
  const check = requestCheck(decideLimits(options.limits));
  options.router.check();
  const serveFile = staticFilesServer(options.staticFiles ?? [], settings.environment === "production");
  const config = serverConfig(options, settings, 80);
  const endpoint: Endpoint = {
    node,
    config,
    router: options.router,
    address: { host: "", port: 0 },
    addresses: [],
    url: formatUrl(config.url),
    originAllowed: compileOriginCheck(options.checkOrigin, settings.publicUrl),
    draining: new AbortController().signal,
    handle: (request, response, prepare) => requests.handle(request, response, prepare),
    reloadCertificate: () => {},
  };
  const requests = requestHandler(endpoint, check, options.plugs ?? [], serveFile, new Set(), new Connections());
  node.provide(endpointService, endpoint);
  return endpoint;
}
