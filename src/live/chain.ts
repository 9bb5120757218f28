import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Params, ProvidedBy, Requirement, SessionData } from "../plug/index.ts";
import type { ExitReason } from "../process/index.ts";
import type { AnyTopic, TopicEvents } from "../pubsub/index.ts";
import type { RequestParams } from "../router/index.ts";
import type { Rendered } from "../template/index.ts";
import type { Assigned, NoAssigns, ReadAssigns } from "./assigns.ts";
import type { AssignsAfter, EventSocket, HandlerResult, LiveSocket, MountResult, MountSocket } from "./socket.ts";
import type { LiveView } from "./view.ts";

/** Query and path params of a view's URL; with the pattern of its route, those of the path are known to be there. */
export type ViewParams<Pattern extends string> = Params & RequestParams<Pattern>;

/** Values that came with an event of the browser: `phx-value-…`, the fields of a form, or what a hook sent. */
export type EventParams = Readonly<Record<string, unknown>>;

/**
 * What can follow in the chain once the assigns are known.
 *
 * @typeParam Required what the pipelines of the view's routes have to provide.
 */
export interface ViewHandlers<Assigns, Required = object> {
  /**
   * Handles an event of the browser, `phx-click="name"` and the like. What comes in is unchecked, but always an object:
   * a hook that sends anything else needs a schema.
   *
   * @throws if the view already handles `name`.
   */
  event(
    name: string,
    handler: (params: EventParams, socket: EventSocket<Assigns>) => HandlerResult,
  ): ViewHandlers<Assigns, Required>;
  /** The same with values checked by a Standard Schema (zod, valibot, arktype …). Others do not reach the handler. */
  event<Schema extends StandardSchemaV1>(
    name: string,
    schema: Schema,
    handler: (params: StandardSchemaV1.InferOutput<Schema>, socket: EventSocket<Assigns>) => HandlerResult,
  ): ViewHandlers<Assigns, Required>;
  /**
   * Handles what is broadcast on a topic that the view subscribes to.
   *
   * @throws if the view already handles that event of that topic.
   */
  info<Events extends TopicEvents, Event extends keyof Events & string>(
    topic: AnyTopic<Events>,
    event: Event,
    handler: (payload: Events[Event], socket: LiveSocket<Assigns>) => HandlerResult,
  ): ViewHandlers<Assigns, Required>;
  /** Handles any message of that name: of `sendAfter`, of another process, or broadcast on an undeclared topic. */
  info(
    event: string,
    handler: (payload: unknown, socket: LiveSocket<Assigns>) => HandlerResult,
  ): ViewHandlers<Assigns, Required>;
  /** Runs once when the connected view ends, for whatever reason: `normal` and `shutdown`, or the error it crashed with. */
  terminate(
    handler: (reason: ExitReason, socket: LiveSocket<Assigns>) => void | Promise<void>,
  ): ViewHandlers<Assigns, Required>;
  /** Ends the chain: the page as a function of the assigns. It must not depend on anything else. */
  render(template: (assigns: ReadAssigns<Assigns>) => Rendered): LiveView<Required>;
}

/** What can follow in the chain after `mount`. */
export interface MountedView<RouteParams, Assigns, Required = object> extends ViewHandlers<Assigns, Required> {
  /**
   * Runs after `mount` and whenever the URL changes without leaving the view (`pushPatch`, links that patch, the
   * browser's back and forward). It may add to the assigns, and gives the socket back.
   */
  handleParams<Result extends MountResult | Promise<MountResult>>(
    handler: (params: RouteParams, url: URL, socket: MountSocket<Assigns>) => Result,
  ): ViewHandlers<AssignsAfter<Result>, Required>;
}

/** A view at the start of its chain. */
export interface UnmountedView<RouteParams = Params, Required = NoAssigns>
  extends MountedView<RouteParams, Required, Required> {
  /**
   * Names what the view cannot do without. It is among the assigns from the start, under the requirement's name.
   *
   * A route whose pipelines do not provide it does not compile, and is reported at start. When the browser connects
   * it is loaded from the session again; if there is none any more the browser loads the page anew, so that the pipeline
   * decides what to show instead.
   *
   * @throws if the view requires something of that name already.
   *
   * @example liveView("chat").requires(currentUser).mount((_params, _session, socket) => …)   // socket.assigns.currentUser
   */
  requires<Requirements extends readonly [Requirement, ...Requirement[]]>(
    ...requirements: Requirements
  ): UnmountedView<RouteParams, Assigned<Required, ProvidedBy<Requirements[number]>>>;
  /**
   * Makes the first assigns. It runs twice: once for the page as plain HTML, and once more when the browser has connected.
   *
   * The types of all that it can return are merged: a key that one branch assigns and another does not has
   * `undefined` among its types.
   */
  mount<Result extends MountResult | Promise<MountResult>>(
    handler: (params: RouteParams, session: SessionData, socket: MountSocket<Required>) => Result,
  ): MountedView<RouteParams, AssignsAfter<Result>, Required>;
}
