/**
 * The HTTP server of an application, as a process in its supervision tree.
 *
 * The endpoint owns everything that touches the network: it listens, hands each request to the router
 * and each WebSocket upgrade to a {@link SocketMount}, serves the browser clients and static files, turns
 * errors into pages and telemetry into log lines, and lets everybody finish when it is told to stop.
 * It is a process like any other, so that the tree decides what runs before it and what ends after it:
 * put it last among the children, then nothing is asked for before it is there.
 *
 * @example
 * export default application({
 *   children: [Repo, endpoint({ router: appRouter, sockets: { "/live": liveSocket() } })],
 * });
 *
 * @module
 */
export { type ClientScriptName, clientScriptPath } from "./client-scripts.ts";
export { endpoint } from "./endpoint.ts";
export { type EndpointSpec, endpointSpecs } from "./endpoint-spec.ts";
export {
  connectionRefused,
  drainTimedOut,
  endpointCrash,
  endpointStart,
  endpointStop,
  originRefused,
  requestRefused,
  socketMountCrash,
  upgradeRefused,
} from "./events.ts";
export type { HttpsOptions, PemSource } from "./https-options.ts";
export type { Limits } from "./limits.ts";
export { type LogEntry, type LogLevel, type LogSetting, logTelemetry } from "./logger.ts";
export { type OfflineEndpointOptions, offlineEndpoint } from "./offline-endpoint.ts";
export type { EndpointOptions, HttpPlace } from "./options.ts";
export { refuseSocket } from "./plain-response.ts";
export { quoted } from "./quoted.ts";
export { type Endpoint, endpointOf } from "./running-endpoint.ts";
export type { SocketMount, UpgradeContext } from "./socket-mount.ts";
