/**
 * Named, typed events that the framework and applications report what happens with.
 *
 * Everything below an application speaks through telemetry instead of logging: a room declares its
 * events, executes them where things happen, and whoever is interested (the logger of the endpoint, a
 * metrics exporter, a test) attaches a handler. Events are `node:diagnostics_channel` channels, so that
 * any tool that listens to those sees them as well; an event nobody listens to costs one property read.
 *
 * @module
 */
import "./node-version.ts";

export { type TelemetryEvent, telemetryEvent } from "./event.ts";
