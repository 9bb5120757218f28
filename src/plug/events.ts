import { telemetryEvent } from "../telemetry/index.ts";

/** A session cookie was not accepted; the visitor goes on with an empty session. */
export const sessionRejected = telemetryEvent<{ node: string; cookie: string; reason: "invalid" | "expired" }>(
  "anqa.plug.session.rejected",
);

/** A request was refused as a possible forgery. */
export const forgeryRefused = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  remoteAddress: string;
  reason: string;
}>("anqa.plug.forgery.refused");
