import type { DestinationStream, Logger as PinoLogger } from "pino";
import { pino } from "pino";
import type { ServerConfig } from "../plug/index.ts";
import { type Node, service } from "../process/index.ts";
import type { TelemetryEvent } from "../telemetry/index.ts";

/** How bad a log line is. */
export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace";

/** The least severe lines that are written, or none at all. */
export type LogSetting = LogLevel | "silent";

/** One log line: the sentence for people, and fields for programs that read logs. */
export interface LogEntry {
  readonly message: string;
  /** Written with its stack and its causes. */
  readonly error?: Error;
  readonly [field: string]: unknown;
}

const loggerService = service<TelemetryLogger>("logger");

/**
 * Writes a log line for each occurrence of an event on this node, until its endpoint stops.
 *
 * Nothing is attached, and the event costs nothing, if lines of this level are not written, or if the node
 * has no endpoint that runs. An event has one kind of line: registered again, nothing changes.
 *
 * @example
 * logTelemetry(node, paymentFailed, "warn", ({ order }) => ({ message: `payment of order ${order} failed`, order }));
 */
export function logTelemetry<Payload extends object>(
  node: Node,
  event: TelemetryEvent<Payload>,
  level: LogLevel,
  describe: (payload: Payload) => LogEntry,
): void {
  node.findService(loggerService)?.attach(event, level, describe);
}

/** Whether lines of a level are written on a node, for those who would say more then. */
export function writesLevel(node: Node, level: LogLevel): boolean {
  return node.findService(loggerService)?.writes(level) ?? false;
}

/**
 * Headers of requests and responses that let in who knows them. A line that has headers in a field, such as
 * `{ headers: conn.request.headers }`, is written without these.
 */
const secretHeaders = [
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-csrf-token",
  "x-api-key",
].flatMap((name) => [`headers["${name}"]`, `request.headers["${name}"]`, `response.headers["${name}"]`]);

/**
 * Starts the logger of a node: the one subscriber of telemetry that writes.
 *
 * Production writes a JSON object per line to the standard output. Development and test write lines for
 * people if `pino-pretty` is installed.
 *
 * @param destination where to write instead, for tests.
 * @returns stops it.
 */
export async function startLogger(
  node: Node,
  environment: ServerConfig["environment"],
  setting: LogSetting = environment === "test" ? "warn" : "info",
  destination?: DestinationStream,
): Promise<() => void> {
  const stream = destination ?? (environment === "production" ? undefined : await prettyStream());
  const redact = { paths: secretHeaders, censor: "[FILTERED]" };
  const options = { level: setting, base: { node: node.name }, redact };
  const logger = new TelemetryLogger(node.name, stream === undefined ? pino(options) : pino(options, stream));
  node.provide(loggerService, logger);
  return () => logger.stop();
}

class TelemetryLogger {
  readonly #nodeName: string;
  readonly #pino: PinoLogger;
  readonly #detach = new Map<object, () => void>();
  #stopped = false;

  constructor(nodeName: string, destination: PinoLogger) {
    this.#nodeName = nodeName;
    this.#pino = destination;
  }

  attach<Payload extends object>(
    event: TelemetryEvent<Payload>,
    level: LogLevel,
    describe: (payload: Payload) => LogEntry,
  ): void {
    if (this.#stopped || !this.#pino.isLevelEnabled(level) || this.#detach.has(event)) return;
    const detach = event.attach((payload) => {
      if ("node" in payload && payload.node !== this.#nodeName) return;
      const { message, error, ...fields } = describe(payload);
      this.#pino[level](error === undefined ? fields : { ...fields, err: error }, message);
    });
    this.#detach.set(event, detach);
  }

  writes(level: LogLevel): boolean {
    return !this.#stopped && this.#pino.isLevelEnabled(level);
  }

  stop(): void {
    this.#stopped = true;
    for (const detach of this.#detach.values()) detach();
    this.#detach.clear();
  }
}

/** Lines for people, if the application has `pino-pretty`: time, level, sentence, and the stack of an error. */
async function prettyStream(): Promise<DestinationStream | undefined> {
  try {
    const { default: pretty } = await import("pino-pretty");
    return pretty({ include: "level,time,err", translateTime: "SYS:HH:MM:ss", sync: true });
  } catch {
    return undefined;
  }
}
