import type { Params } from "../plug/index.ts";
import type { Node, Pid } from "../process/index.ts";
import type { Address, TopicEvents } from "../pubsub/index.ts";
import type { Assigned, ChangedAssigns, MergedBranches, NoAssigns, ReadAssigns, ReservedAssigns } from "./assigns.ts";

declare const assignsOfSocket: unique symbol;
declare const halted: unique symbol;

/** A socket with whatever assigns: what a mount has to give back. */
export interface AnySocket {
  /** Only a type: no socket has this at run time. */
  readonly [assignsOfSocket]: unknown;
}

/** Given back by `redirect` and `pushNavigate`: the view goes on elsewhere, and what else it assigned no longer counts. */
export interface Halted {
  /** Only a type. */
  readonly [halted]: true;
}

/** Options of `pushPatch` and `pushNavigate`. */
export interface NavigationOptions {
  /** Replaces the present entry of the browser's history instead of adding one. */
  readonly replace?: boolean;
}

/** Where {@link BaseSocket.redirect} leads: a path of this application, or a full URL elsewhere. */
export type RedirectTarget = string | { readonly external: string };

/** What a view can do at any time. Everything that sends does nothing while the page is rendered as plain HTML. */
export interface BaseSocket<Assigns> extends AnySocket {
  // A function of and to the assigns makes the type invariant: TypeScript then keeps the branches of a
  // mount apart instead of dropping those that look like special cases of others.
  readonly [assignsOfSocket]: (assigns: Assigns) => Assigns;

  /** The view's state: a fresh frozen object after each change, the same one as long as nothing changed. */
  readonly assigns: ReadAssigns<Assigns>;
  /** Whether a browser is connected; false while the page is rendered as plain HTML for a request. */
  readonly connected: boolean;
  /** The id of the view's element in the page. */
  readonly id: string;
  /** The URL that the view shows. */
  readonly uri: URL;
  readonly node: Node;
  /** The process of the view; undefined while it is not connected. */
  readonly pid: Pid | undefined;

  /** Computes one assign from its present value. */
  update<Key extends keyof Assigns>(key: Key, change: (value: Assigns[Key]) => Assigns[Key]): this;

  /** Hears a topic: its events come to the `info` handlers. A topic that is already heard is not heard twice. */
  subscribe<Events extends TopicEvents>(topic: string | Address<Events>): this;
  unsubscribe<Events extends TopicEvents>(topic: string | Address<Events>): this;
  /** Sends an event to all who hear a topic, this view included if it does. */
  broadcast<Events extends TopicEvents, Event extends keyof Events & string>(
    topic: Address<Events>,
    event: Event,
    payload: Events[Event],
  ): void;
  broadcast(topic: string, event: string, payload: unknown): void;
  /** Sends an event to all who hear a topic but this view. */
  broadcastFrom<Events extends TopicEvents, Event extends keyof Events & string>(
    topic: Address<Events>,
    event: Event,
    payload: Events[Event],
  ): void;
  broadcastFrom(topic: string, event: string, payload: unknown): void;
  /**
   * Sends this view a message, for its `info` handler of that name, after so many milliseconds. The timer ends with the view.
   *
   * @returns a function that cancels it.
   */
  sendAfter(event: string, payload: unknown, milliseconds: number): () => void;

  /**
   * Sends the browser an event with the next update: `handleEvent` of hooks and `phx:<name>` on `window` get it.
   *
   * @param payload a value that JSON can hold.
   */
  pushEvent(name: string, payload?: unknown): this;
  /** Shows this view under another of its URLs, without a new mount: `handleParams` runs with it. Not while mounting. */
  pushPatch(to: string, options?: NavigationOptions): this;
  /** Replaces this view by the one that serves `to`, over the same connection where their live sessions agree. */
  pushNavigate(to: string, options?: NavigationOptions): Halted;
  /** Loads another page. `to` is a path of this application; other sites must be named as `{ external }`. */
  redirect(to: RedirectTarget): Halted;

  /** Leaves a message for the user: in the assign `flash`, or, with a navigation, for the page that comes. */
  putFlash(kind: string, message: string): this;
  /** Takes back one message, or all. */
  clearFlash(kind?: string): this;
}

/** The socket of `mount` and `handleParams`, where `assign` may add to the assigns. */
export interface MountSocket<Assigns> extends BaseSocket<Assigns> {
  /** Params that the page gave its LiveSocket; undefined after the mount, and while not connected. */
  readonly connectParams: Params | undefined;
  /** Sets assigns, at once. The returned socket knows their types: give it back. */
  assign<Given extends object & ReservedAssigns>(values: Given): MountSocket<Assigned<Assigns, Given>>;
}

/** The socket of `info` and `terminate` handlers. */
export interface LiveSocket<Assigns = NoAssigns> extends BaseSocket<Assigns> {
  /** Changes assigns, at once. Values that are the same as before change nothing. */
  assign(values: ChangedAssigns<Assigns>): this;
}

/** The socket of `event` handlers. */
export interface EventSocket<Assigns = NoAssigns> extends LiveSocket<Assigns> {
  /**
   * Answers the event: the callback of the hook's `pushEvent` gets `payload`. The last answer counts.
   *
   * @param payload an object that JSON can hold.
   */
  reply(payload: object): this;
}

/** What `mount` and `handleParams` give back. */
export type MountResult = AnySocket | Halted;

/** What handlers may give back; it makes no difference which. */
export type HandlerResult = void | AnySocket | Halted | Promise<void | AnySocket | Halted>;

/** The assigns that a mount leaves the view with, merged over its branches. */
export type AssignsAfter<Result> = MergedBranches<
  Awaited<Result> extends infer Branch ? (Branch extends BaseSocket<infer Assigns> ? Assigns : never) : never
>;
