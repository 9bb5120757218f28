import { telemetryEvent } from "../telemetry/index.ts";

/** A redirect within the site was asked for that would have left it; the visitor got status 400. */
export const redirectRefused = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  /** Where it would have led; it may have come with the request. */
  target: string;
}>("anqa.controller.redirect.refused");

/** An error view of the application failed itself; the visitor got the framework's own page for the error. */
export const errorViewFailed = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  format: "html" | "json";
  /** The status of the error that was to be shown. */
  status: number;
  /** What the view failed with. */
  error: Error;
}>("anqa.controller.error_view.failed");
