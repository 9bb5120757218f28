import { diffMembers, type Rendered, treeMembers } from "../template/index.ts";
import type { ViewDefinition } from "./definition.ts";
import type { ErasedAssigns, ViewSocket } from "./view-socket.ts";

/**
 * What a client shows of a view, and what brings it up to date.
 *
 * Invariant: `#rendered` was rendered from `#assigns`, and is what the client shows once it has got everything.
 */
export class ShownPage {
  readonly #definition: ViewDefinition;
  readonly #socket: ViewSocket;
  #assigns: ErasedAssigns;
  /** Undefined while the view hibernates: it can be rendered again from the assigns. */
  #rendered: Rendered | undefined;

  constructor(definition: ViewDefinition, socket: ViewSocket) {
    this.#definition = definition;
    this.#socket = socket;
    this.#assigns = socket.assigns;
    this.#rendered = definition.render(socket.assigns);
  }

  /** Whether there is nothing that the client does not know. */
  get isCurrent(): boolean {
    return this.#socket.assigns === this.#assigns && !this.#socket.hasEvents;
  }

  /** The members of the whole tree, with title and events (PROTOCOL sections 15 and 21). */
  tree(): string {
    const { pageTitle } = this.#assigns;
    return joinMembers(joinMembers(treeMembers(this.#shown()), titleMember(pageTitle)), this.#eventsMember());
  }

  /** Renders if something changed: the members of the diff, with title and events; empty if nothing differs. */
  changes(): string {
    const { assigns } = this.#socket;
    if (assigns === this.#assigns) return this.#eventsMember();
    const previous = this.#shown();
    const title = assigns.pageTitle === this.#assigns.pageTitle ? "" : titleMember(assigns.pageTitle);
    const next = this.#definition.render(assigns);
    this.#rendered = next;
    this.#assigns = assigns;
    return joinMembers(joinMembers(diffMembers(previous, next), title), this.#eventsMember());
  }

  /** Drops what can be rendered again. */
  hibernate(): void {
    this.#rendered = undefined;
  }

  #shown(): Rendered {
    this.#rendered ??= this.#definition.render(this.#assigns);
    return this.#rendered;
  }

  #eventsMember(): string {
    const events = this.#socket.takeEvents();
    return events === undefined ? "" : `"e":${events}`;
  }
}

/** Members of one JSON object from two lists of members, either of which may be empty. */
export function joinMembers(first: string, second: string): string {
  if (first === "") return second;
  return second === "" ? first : `${first},${second}`;
}

function titleMember(title: unknown): string {
  return typeof title === "string" ? `"t":${JSON.stringify(title)}` : "";
}
