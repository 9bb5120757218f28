import { errorViewFailed, redirectRefused } from "../controller/index.ts";
import {
  bodyRefused,
  credentialsRefused,
  eventStreamOverflow,
  forgeryRefused,
  rateLimitExceeded,
  rateLimitFailed,
  sessionRejected,
  uploadCleanupFailed,
} from "../plug/index.ts";
import {
  childRestart,
  eventLoopStall,
  formatPid,
  jobSkip,
  type Node,
  processCrash,
  strayError,
} from "../process/index.ts";
import type { QueryReport } from "../repo/index.ts";
import { telemetryEvent } from "../telemetry/index.ts";
import {
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
import { logTelemetry } from "./logger.ts";
import { quoted, visible } from "./quoted.ts";
import { formatDuration, requestLine } from "./request-line.ts";

/**
 * Gives the events of the endpoint, and of the rooms below that do not log themselves, their lines.
 *
 * @param filterParameters the endpoint's option.
 */
export function logOwnEvents(node: Node, filterParameters?: readonly string[]): void {
  logTelemetry(node, endpointStart, "info", ({ url, environment, addresses }) => ({
    message: `Anqa listens at ${listeningAt(url, addresses)} (${environment})`,
    url,
    addresses,
  }));
  logTelemetry(node, endpointStop, "info", requestLine(node, filterParameters));
  logTelemetry(node, endpointCrash, "error", ({ method, path, status, error }) => ({
    message: `${method} ${path} failed with ${status}: ${error.message}`,
    method,
    path,
    status,
    error,
  }));
  logRefusals(node);
  logTelemetry(node, socketMountCrash, "error", ({ path, error }) => ({
    message: `the socket mount at ${path} failed: ${error.message}`,
    path,
    error,
  }));
  logTelemetry(node, drainTimedOut, "warn", ({ connections, milliseconds }) => ({
    message: `${connections} connections had not ended ${milliseconds} ms after the endpoint began to stop, and were cut off`,
    connections,
  }));
  logProcessEvents(node);
  logPlugEvents(node);
  logControllerEvents(node);
  logBodyEvents(node);
  logLimitEvents(node);
  logSlowQueries(node);
}

function logRefusals(node: Node): void {
  logTelemetry(node, requestRefused, "warn", ({ remoteAddress, status, reason, method = "a request", path = "" }) => ({
    message: `${method}${path === "" ? "" : ` ${quoted(path)}`} from ${remoteAddress} was refused with ${status}: ${reason}`,
    remoteAddress,
    status,
  }));
  logTelemetry(node, connectionRefused, "warn", ({ remoteAddress, reason }) => ({
    message: `a connection from ${remoteAddress} was closed: ${quoted(reason)}`,
    remoteAddress,
  }));
  logTelemetry(node, upgradeRefused, "warn", ({ remoteAddress, path, status, reason }) => ({
    message: `a socket at ${quoted(path)} was refused to ${remoteAddress} with ${status}: ${reason}`,
    remoteAddress,
    path,
    status,
  }));
  logTelemetry(node, originRefused, "warn", ({ path, origin }) => ({
    message:
      `a socket at ${path} was refused to a page of ${quoted(origin)}. If that page is yours, allow it in the ` +
      `endpoint's option checkOrigin: [${quoted(origin)}]`,
    path,
    origin,
  }));
}

function logProcessEvents(node: Node): void {
  logTelemetry(node, processCrash, "error", ({ pid, label, error }) => ({
    message: `${label} ${formatPid(pid)} crashed: ${error.message}`,
    process: label,
    error,
  }));
  logTelemetry(node, strayError, "error", ({ error }) => ({
    message: `an error that nobody caught, in the name of no process: ${error.message}`,
    error,
  }));
  logTelemetry(node, eventLoopStall, "warn", ({ milliseconds, process }) => ({
    message: `the event loop stood still for ${Math.round(milliseconds)} ms${process === undefined ? "" : ` in ${process}`}`,
    milliseconds,
  }));
  logTelemetry(node, jobSkip, "warn", ({ job, scheduler, skipped }) => ({
    message: `${scheduler} left out a run of "${job}", whose last one was still going (${skipped} so far)`,
    job,
  }));
  logTelemetry(node, childRestart, "warn", ({ supervisor, child, reason }) => ({
    message: `${supervisor} starts "${child}" again, which ended: ${reason}`,
    child,
  }));
}

function logControllerEvents(node: Node): void {
  logTelemetry(node, redirectRefused, "warn", ({ method, path, target }) => ({
    message: `${method} ${quoted(path)} was answered with 400: it would have redirected to ${quoted(target)}`,
    method,
    path,
  }));
  logTelemetry(node, errorViewFailed, "error", ({ method, path, format, status, error }) => ({
    message: `the error view for ${format} failed on ${method} ${path}, which failed with ${status}: ${error.message}`,
    method,
    path,
    error,
  }));
}

function logPlugEvents(node: Node): void {
  logTelemetry(node, sessionRejected, "debug", ({ cookie, reason }) => ({
    message: `the session in the cookie ${cookie} is ${reason}; the visitor goes on without it`,
  }));
  logTelemetry(node, forgeryRefused, "warn", ({ method, path, remoteAddress, reason }) => ({
    message: `${method} ${path} from ${remoteAddress} was refused as a possible forgery: ${reason}`,
    method,
    path,
    remoteAddress,
  }));
}

function logBodyEvents(node: Node): void {
  logTelemetry(node, bodyRefused, "info", ({ method, path, remoteAddress, status, reason }) => ({
    message: `${method} ${quoted(path)} from ${remoteAddress} was refused with ${status}: ${visible(reason, 500)}`,
    method,
    path,
    remoteAddress,
    status,
  }));
  logTelemetry(node, uploadCleanupFailed, "error", ({ path, error }) => ({
    message: `the temporary file or directory ${path} could not be deleted and takes up room: ${error.message}`,
    path,
    error,
  }));
}

function logLimitEvents(node: Node): void {
  logTelemetry(node, credentialsRefused, "warn", ({ method, path, remoteAddress }) => ({
    message: `${method} ${path} from ${remoteAddress} was refused: wrong name or password`,
    method,
    path,
    remoteAddress,
  }));
  logTelemetry(node, rateLimitExceeded, "info", ({ method, path, remoteAddress, policy, key, retryAfterSeconds }) => ({
    message: `${method} ${path} was refused for ${retryAfterSeconds} s: ${quoted(key)} is over the limit "${policy}"`,
    method,
    path,
    remoteAddress,
    policy,
  }));
  logTelemetry(node, eventStreamOverflow, "info", ({ path, remoteAddress, waiting }) => ({
    message: `the event stream ${path} of ${remoteAddress} was cut off: it left ${waiting} characters waiting`,
    path,
    remoteAddress,
  }));
  logTelemetry(node, rateLimitFailed, "error", ({ policy, refused, error }) => ({
    message: `the store of the rate limit "${policy}" failed, requests are ${refused ? "refused" : "let through"}: ${error.message}`,
    error,
  }));
}

/** Found by its name: only applications that have a repo have Kysely, which the repo's room loads. */
const slowQuery = telemetryEvent<QueryReport>("anqa.repo.slow_query");

function logSlowQueries(node: Node): void {
  logTelemetry(node, slowQuery, "warn", ({ repo, sql, duration, queueTime }) => ({
    message: `a query of ${repo} took ${formatDuration(duration)}, after waiting ${formatDuration(queueTime)}: ${sql}`,
    sql,
    duration,
    queueTime,
  }));
}

/** Where people reach the application, and where it listens if that is in more than one place or no port. */
function listeningAt(url: string, addresses: readonly string[]): string {
  const [first] = addresses;
  return addresses.length > 1 || first?.startsWith("unix:") ? `${url}, at ${addresses.join(" and ")}` : url;
}
