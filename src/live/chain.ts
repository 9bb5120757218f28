import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Params, SessionData } from "../plug/index.ts";
import type { ExitReason } from "../process/index.ts";
import type { AnyTopic, TopicEvents } from "../pubsub/index.ts";
import type { RequestParams } from "../router/index.ts";
import type { Rendered } from "../template/index.ts";
import type { NoAssigns, ReadAssigns } from "./assigns.ts";
import type { AssignsAfter, EventSocket, HandlerResult, LiveSocket, MountResult, MountSocket } from "./socket.ts";
import type { LiveView } from "./view.ts";

/** Query and path params of a view's URL; with the pattern of its route, those of the path are known to be there. */
export type ViewParams<Pattern extends string> = Params & RequestParams<Pattern>;

/** Values that came with an event of the browser: `phx-value-…`, the fields of a form, or what a hook sent. */
export type EventParams = Readonly<Record<string, unknown>>;

/** What can follow in the chain once the assigns are known. */
export interface ViewHandlers<Assigns> {
  /**
   * Handles an event of the browser, `phx-click="name"` and the like. What comes in is unchecked, but always an object:
   * a hook that sends anything else needs a schema.
   *
   * @throws if the view already handles `name`.
   */
  event(
    name: string,
    handler: (params: EventParams, socket: EventSocket<Assigns>) => HandlerResult,
  ): ViewHandlers<Assigns>;
  /** The same with values checked by a Standard Schema (zod, valibot, arktype …). Others do not reach the handler. */
  event<Schema extends StandardSchemaV1>(
    name: string,
    schema: Schema,
    handler: (params: StandardSchemaV1.InferOutput<Schema>, socket: EventSocket<Assigns>) => HandlerResult,
  ): ViewHandlers<Assigns>;
  /**
   * Handles what is broadcast on a topic that the view subscribes to.
   *
   * @throws if the view already handles that event of that topic.
   */
  info<Events extends TopicEvents, Event extends keyof Events & string>(
    topic: AnyTopic<Events>,
    event: Event,
    handler: (payload: Events[Event], socket: LiveSocket<Assigns>) => HandlerResult,
  ): ViewHandlers<Assigns>;
  /** Handles any message of that name: of `sendAfter`, of another process, or broadcast on an undeclared topic. */
  info(event: string, handler: (payload: unknown, socket: LiveSocket<Assigns>) => HandlerResult): ViewHandlers<Assigns>;
  /** Runs once when the connected view ends, for whatever reason: `normal` and `shutdown`, or the error it crashed with. */
  terminate(handler: (reason: ExitReason, socket: LiveSocket<Assigns>) => void | Promise<void>): ViewHandlers<Assigns>;
  /** Ends the chain: the page as a function of the assigns. It must not depend on anything else. */
  render(template: (assigns: ReadAssigns<Assigns>) => Rendered): LiveView;
}

/** What can follow in the chain after `mount`. */
export interface MountedView<RouteParams, Assigns> extends ViewHandlers<Assigns> {
  /**
   * Runs after `mount` and whenever the URL changes without leaving the view (`pushPatch`, links that patch, the
   * browser's back and forward). It may add to the assigns, and gives the socket back.
   */
  handleParams<Result extends MountResult | Promise<MountResult>>(
    handler: (params: RouteParams, url: URL, socket: MountSocket<Assigns>) => Result,
  ): ViewHandlers<AssignsAfter<Result>>;
}

/** A view at the start of its chain. */
export interface UnmountedView<RouteParams = Params> extends MountedView<RouteParams, NoAssigns> {
  /**
   * Makes the first assigns. It runs twice: once for the page as plain HTML, and once more when the browser has connected.
   *
   * The types of all that it can return are merged: a key that one branch assigns and another does not has
   * `undefined` among its types.
   */
  mount<Result extends MountResult | Promise<MountResult>>(
    handler: (params: RouteParams, session: SessionData, socket: MountSocket<NoAssigns>) => Result,
  ): MountedView<RouteParams, AssignsAfter<Result>>;
}
