import { forgeryRefused, sessionRejected } from "../plug/index.ts";
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
  drainTimedOut,
  endpointCrash,
  endpointStart,
  endpointStop,
  originRefused,
  socketMountCrash,
} from "./events.ts";
import { logTelemetry } from "./logger.ts";
import { quoted } from "./quoted.ts";

/** Gives the events of the endpoint, and of the rooms below that do not log themselves, their lines. */
export function logOwnEvents(node: Node): void {
  logTelemetry(node, endpointStart, "info", ({ url, environment }) => ({
    message: `Anqa listens at ${url} (${environment})`,
    url,
  }));
  logTelemetry(node, endpointStop, "info", ({ method, path, status, durationMicroseconds }) => ({
    message: `${method} ${path} ${status} in ${formatDuration(durationMicroseconds)}`,
    method,
    path,
    status,
    durationMicroseconds,
  }));
  logTelemetry(node, endpointCrash, "error", ({ method, path, status, error }) => ({
    message: `${method} ${path} failed with ${status}: ${error.message}`,
    method,
    path,
    status,
    error,
  }));
  logTelemetry(node, originRefused, "warn", ({ path, origin }) => ({
    message:
      `a socket at ${path} was refused to a page of ${quoted(origin)}. If that page is yours, allow it in the ` +
      `endpoint's option checkOrigin: [${quoted(origin)}]`,
    path,
    origin,
  }));
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
  logSlowQueries(node);
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

function formatDuration(microseconds: number): string {
  return microseconds < 1000 ? `${microseconds} µs` : `${(microseconds / 1000).toFixed(1)} ms`;
}
