import type { Conn } from "../plug/index.ts";
import { telemetryEvent } from "../telemetry/index.ts";
import type { Route } from "./route.ts";

/** A request has found its route, whose plugs run next. */
export const routerDispatch = telemetryEvent<{ readonly conn: Conn; readonly route: Route }>("anqa.router.dispatch");
