import type { ConnWith, Requirement } from "../plug/index.ts";
import type { LiveTarget, Route } from "../router/index.ts";
import { deadRender } from "./dead-render.ts";
import type { ViewDefinition } from "./definition.ts";

/**
 * A finished view: what `.live(route, view)` of a router takes. Made by `liveView(…)….render(…)`.
 *
 * @typeParam Required what the pipelines of its routes have to provide.
 */
export class LiveView<Required = object> implements LiveTarget<Required> {
  readonly name: string;
  readonly requirements: readonly Requirement[];
  /** Its callbacks, for the framework. */
  readonly definition: ViewDefinition;
  /** Answers a request with the page as plain HTML. */
  readonly render: (conn: ConnWith<Required>, route: Route) => void | Promise<void>;

  constructor(definition: ViewDefinition) {
    this.name = definition.name;
    this.requirements = definition.requirements;
    this.definition = definition;
    this.render = (conn, route) => deadRender(definition, conn, route);
  }
}
