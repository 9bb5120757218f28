import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Requirement } from "../plug/index.ts";
import type { AnyTopic, TopicEvents } from "../pubsub/index.ts";
import type { UnmountedView, ViewParams } from "./chain.ts";
import type { Container, InfoHandler, ViewDefinition } from "./definition.ts";
import { LiveView } from "./view.ts";

/** Options of {@link liveView}. */
export interface LiveViewOptions<Pattern extends string = string> {
  /** The only route that serves the view, an entry of `defineRoutes`: gives `params` the names and types of its path. */
  readonly route?: { readonly pattern: Pattern };
  /** The element around the view, a `div` without attributes by default. */
  readonly container?: Container;
}

/**
 * Declares a page whose state lives on the server: `mount`, then `handleParams`, then events and messages in any order, then `render`.
 *
 * For each browser that shows it there is one process, which handles one thing at a time, awaits included. What a
 * handler throws ends that process and nothing else; the browser mounts the view anew.
 *
 * @param name unique among the views of a router. Pages that browsers still show hold it: keep it when code moves.
 *
 * @throws for an empty name and for a container that is no HTML.
 *
 * @example
 * export const CounterLive = liveView("counter")
 *   .mount((_params, _session, socket) => socket.assign({ count: 0 }))
 *   .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
 *   .render(({ count }) => html`<button phx-click="increment">${count}</button>`);
 */
export function liveView<Pattern extends string = "/">(
  name: string,
  { route, container = {} }: LiveViewOptions<Pattern> = {},
): UnmountedView<ViewParams<Pattern>> {
  if (name === "") throw new Error("liveView(name): the name is empty");
  const view = link({
    name,
    pattern: route?.pattern,
    container: checkedContainer(name, container),
    requirements: [],
    mount: undefined,
    handleParams: undefined,
    events: new Map(),
    infos: new Map(),
    terminate: undefined,
  });
  return view as unknown as UnmountedView<ViewParams<Pattern>>;
}

/** A definition whose render is still to come. */
type Unfinished = Omit<ViewDefinition, "render">;

/**
 * One link: an object whose methods make the next one. The types of `chain.ts` say which of them may be
 * called where; here all links are alike and hold handlers whose types are erased.
 */
function link(view: Unfinished): object {
  return Object.freeze({
    requires: (...requirements: Requirement[]) => link(withRequirements(view, requirements)),
    mount: (mount: ViewDefinition["mount"]) => link({ ...view, mount }),
    handleParams: (handleParams: ViewDefinition["handleParams"]) => link({ ...view, handleParams }),
    event: (name: string, ...given: EventArguments) => link(withEvent(view, name, given)),
    info: (...given: InfoArguments) => link(withInfo(view, given)),
    terminate: (terminate: ViewDefinition["terminate"]) => link(withTerminate(view, terminate)),
    render: (render: ViewDefinition["render"]) => new LiveView({ ...view, render }),
  });
}

function withRequirements(view: Unfinished, added: readonly Requirement[]): Unfinished {
  const requirements = [...view.requirements, ...added];
  const names = requirements.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`liveView("${view.name}") requires "${twice}" twice`);
  return { ...view, requirements };
}

type Handle = InfoHandler["handle"];
type EventArguments = [handle: Handle] | [schema: StandardSchemaV1, handle: Handle];
type InfoArguments = [event: string, handle: Handle] | [topic: AnyTopic<TopicEvents>, event: string, handle: Handle];

function withEvent(view: Unfinished, name: string, given: EventArguments): Unfinished {
  if (name.startsWith("lv:"))
    throw new Error(`liveView("${view.name}"): the event name "${name}" is reserved, as all that begin with "lv:"`);
  if (view.events.has(name)) throw new Error(`liveView("${view.name}") handles the event "${name}" twice`);
  const handler = given.length === 1 ? { schema: undefined, handle: given[0] } : { schema: given[0], handle: given[1] };
  return { ...view, events: new Map(view.events).set(name, handler) };
}

function withInfo(view: Unfinished, given: InfoArguments): Unfinished {
  const [topic, event, handle] = given.length === 2 ? [undefined, ...given] : given;
  const handlers = view.infos.get(event) ?? [];
  if (handlers.some((handler) => handler.topic === topic)) {
    const where = topic === undefined ? "" : ` of ${"pattern" in topic ? topic.pattern : topic.topic}`;
    throw new Error(`liveView("${view.name}") handles the message "${event}"${where} twice`);
  }
  return { ...view, infos: new Map(view.infos).set(event, [...handlers, { topic, handle }]) };
}

function withTerminate(view: Unfinished, terminate: ViewDefinition["terminate"]): Unfinished {
  if (view.terminate !== undefined) throw new Error(`liveView("${view.name}") declares terminate twice`);
  return { ...view, terminate };
}

function checkedContainer(view: string, container: Container): Container {
  const { tag = "div", attributes = {} } = container;
  if (!/^[a-z][a-z0-9-]*$/.test(tag))
    throw new Error(`liveView("${view}"): the container's tag "${tag}" is not the name of an element`);
  for (const name of Object.keys(attributes)) {
    if (!/^[^\s"'<>/=\p{Cc}]+$/u.test(name) || name === "id" || name.startsWith("data-phx-")) {
      throw new Error(`liveView("${view}"): the container cannot have the attribute ${JSON.stringify(name)}`);
    }
  }
  return container;
}
