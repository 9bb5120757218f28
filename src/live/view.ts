import type { Conn } from "../plug/index.ts";
import type { LiveTarget, Route } from "../router/index.ts";
import { deadRender } from "./dead-render.ts";
import type { ViewDefinition } from "./definition.ts";

/** A finished view: what `.live(route, view)` of a router takes. Made by `liveView(…)….render(…)`. */
export class LiveView implements LiveTarget {
  readonly name: string;
  /** Its callbacks, for the framework. */
  readonly definition: ViewDefinition;

  constructor(definition: ViewDefinition) {
    this.name = definition.name;
    this.definition = definition;
  }

  /** Answers a request with the page as plain HTML. */
  render(conn: Conn, route: Route): void | Promise<void> {
    return deadRender(this.definition, conn, route);
  }
}
