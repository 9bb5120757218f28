import { telemetryEvent } from "../../telemetry/index.ts";
import type { Pid } from "../pid.ts";

/** A server got a cast or a message that it has no handler for. It went on as if it had not come. */
export const messageUnhandled = telemetryEvent<{
  node: string;
  pid: Pid;
  server: string;
  kind: "cast" | "info";
  event: string;
}>("anqa.gen_server.unhandled");
