import { externalUrl, type FlashMessages, localPath } from "../controller/index.ts";
import type { Params } from "../plug/index.ts";
import type { Node, Pid, Process } from "../process/index.ts";
import { type Address, pubSubOf, topicName, type Unsubscribe } from "../pubsub/index.ts";
import { freezeDeeply } from "./freeze.ts";
import type { Navigation } from "./navigation.ts";
import type { Halted, NavigationOptions, RedirectTarget } from "./socket.ts";

/** What a view lives in: the process of a connected one, or a request. */
export interface ViewHost {
  readonly viewId: string;
  readonly node: Node;
  /** Undefined while the page is rendered as plain HTML. */
  readonly process: Process | undefined;
  /** Whether values are frozen as they are assigned, so that a mutation throws where it happens. */
  readonly freezes: boolean;
}

/** Assigns, their types erased. */
export type ErasedAssigns = Readonly<Record<string, unknown>> & { readonly flash: FlashMessages };

/** What callbacks asked for beyond assigns, until the next answer takes it along. */
interface Outbox {
  /** JSON texts of `[name, payload]`. */
  events: string[] | undefined;
  /** JSON text. */
  reply: string | undefined;
  navigation: Navigation | undefined;
  /** Messages put in the present callback: those that a navigation carries. */
  flash: FlashMessages | undefined;
}

/** No messages. */
export const noFlash: FlashMessages = Object.freeze({});

/**
 * The one object behind the socket types of `socket.ts`, and what the framework reads the outcome of callbacks from.
 *
 * An idle view keeps little more than its assigns here: what a callback asks for lies in an outbox that is
 * there only until it has been answered.
 */
export class ViewSocket {
  readonly #host: ViewHost;
  #assigns: ErasedAssigns;
  #uri: string;
  #outbox: Outbox | undefined = undefined;
  #subscriptions: Map<string, Unsubscribe> | undefined = undefined;
  /** Set by the framework around `mount` and the first `handleParams`. */
  connectParams: Params | undefined = undefined;
  /** Set by the framework while `mount` runs. */
  mounting = false;

  /**
   * @param uri the full URL that the view shows.
   * @param flash messages that are shown from the start.
   */
  constructor(host: ViewHost, uri: string, liveAction: string | undefined, flash: FlashMessages = noFlash) {
    this.#host = host;
    this.#uri = uri;
    this.#assigns = Object.freeze({ flash, liveAction });
  }

  get assigns(): ErasedAssigns {
    return this.#assigns;
  }

  get connected(): boolean {
    return this.#host.process !== undefined;
  }

  get id(): string {
    return this.#host.viewId;
  }

  get uri(): URL {
    return new URL(this.#uri);
  }

  get node(): Node {
    return this.#host.node;
  }

  get pid(): Pid | undefined {
    return this.#host.process?.pid;
  }

  assign(values: Readonly<Record<string, unknown>>): this {
    if (Object.hasOwn(values, "flash"))
      throw new Error('assign({ flash }): "flash" is reserved; use putFlash and clearFlash');
    if (Object.hasOwn(values, "liveAction"))
      throw new Error('assign({ liveAction }): "liveAction" comes from the route');
    return this.#set(values);
  }

  update(key: string, change: (value: unknown) => unknown): this {
    return this.assign({ [key]: change(this.#assigns[key]) });
  }

  subscribe(topic: string | Address): this {
    const { process, node } = this.#host;
    const name = topicName(topic);
    if (process === undefined || this.#subscriptions?.has(name)) return this;
    this.#subscriptions ??= new Map();
    this.#subscriptions.set(name, pubSubOf(node).subscribe(process, name));
    return this;
  }

  unsubscribe(topic: string | Address): this {
    const name = topicName(topic);
    this.#subscriptions?.get(name)?.();
    this.#subscriptions?.delete(name);
    return this;
  }

  broadcast(topic: string | Address, event: string, payload: unknown): void {
    pubSubOf(this.#host.node).broadcast(topicName(topic), event, payload);
  }

  broadcastFrom(topic: string | Address, event: string, payload: unknown): void {
    const { process, node } = this.#host;
    pubSubOf(node).broadcastFrom(process ?? this, topicName(topic), event, payload);
  }

  sendAfter(event: string, payload: unknown, milliseconds: number): () => void {
    return this.#host.process?.sendAfter({ event, payload }, milliseconds) ?? nothing;
  }

  pushEvent(name: string, payload: unknown = {}): this {
    const outbox = this.#openOutbox();
    outbox.events ??= [];
    outbox.events.push(JSON.stringify([name, payload]));
    return this;
  }

  reply(payload: object): this {
    this.#openOutbox().reply = JSON.stringify(payload);
    return this;
  }

  pushPatch(to: string, options?: NavigationOptions): this {
    if (this.mounting)
      throw new Error("pushPatch in mount: the view shows no URL yet; call it in handleParams, or use pushNavigate");
    return this.#navigate({ kind: "patch", to: localPath(to), replace: options?.replace ?? false });
  }

  pushNavigate(to: string, options?: NavigationOptions): Halted {
    this.#navigate({ kind: "navigate", to: localPath(to), replace: options?.replace ?? false });
    return this as unknown as Halted;
  }

  redirect(target: RedirectTarget): Halted {
    const external = typeof target !== "string";
    this.#navigate({ kind: "redirect", to: external ? externalUrl(target.external) : localPath(target), external });
    return this as unknown as Halted;
  }

  putFlash(kind: string, message: string): this {
    const outbox = this.#openOutbox();
    outbox.flash = Object.freeze({ ...outbox.flash, [kind]: message });
    return this.#set({ flash: Object.freeze({ ...this.#assigns.flash, [kind]: message }) });
  }

  clearFlash(kind?: string): this {
    if (this.#outbox?.flash !== undefined) this.#outbox.flash = without(this.#outbox.flash, kind);
    return this.showFlash(without(this.#assigns.flash, kind));
  }

  /** Shows exactly these messages. */
  showFlash(messages: FlashMessages): this {
    const present = this.#assigns.flash;
    return isEmpty(present) && isEmpty(messages) ? this : this.#set({ flash: messages });
  }

  /** Moves the view to another of its URLs. */
  show(uri: string, liveAction: string | undefined): void {
    this.#uri = uri;
    this.#set({ liveAction });
  }

  /** Whether the browser is to be sent events. */
  get hasEvents(): boolean {
    return this.#outbox?.events !== undefined;
  }

  /** The events that wait, as the text of a JSON array, or undefined. */
  takeEvents(): string | undefined {
    const outbox = this.#outbox;
    const events = outbox?.events;
    if (outbox === undefined || events === undefined) return undefined;
    outbox.events = undefined;
    if (outbox.reply === undefined && outbox.navigation === undefined && outbox.flash === undefined)
      this.#outbox = undefined;
    return `[${events.join(",")}]`;
  }

  /** The reply to the event, as JSON text, or undefined. */
  takeReply(): string | undefined {
    const reply = this.#outbox?.reply;
    if (reply !== undefined) (this.#outbox as Outbox).reply = undefined;
    return reply;
  }

  /** Where the callback that just ended wants to go, and the messages that it put. */
  takeNavigation(): NavigationRequest {
    const outbox = this.#outbox;
    if (outbox === undefined) return staying;
    const { navigation, flash = noFlash } = outbox;
    outbox.navigation = undefined;
    outbox.flash = undefined;
    if (outbox.events === undefined && outbox.reply === undefined) this.#outbox = undefined;
    return { navigation, flash };
  }

  #openOutbox(): Outbox {
    this.#outbox ??= { events: undefined, reply: undefined, navigation: undefined, flash: undefined };
    return this.#outbox;
  }

  #navigate(navigation: Navigation): this {
    const outbox = this.#openOutbox();
    if (outbox.navigation !== undefined) {
      throw new Error(`cannot go to ${navigation.to}: this callback already goes to ${outbox.navigation.to}`);
    }
    outbox.navigation = navigation;
    return this;
  }

  /** Only what really changes makes new assigns, so that their identity says whether there is something to render. */
  #set(values: Readonly<Record<string, unknown>>): this {
    const present: Readonly<Record<string, unknown>> = this.#assigns;
    for (const key of Object.keys(values)) {
      if (Object.is(present[key], values[key]) && Object.hasOwn(present, key)) continue;
      if (this.#host.freezes) for (const value of Object.values(values)) freezeDeeply(value);
      this.#assigns = Object.freeze({ ...this.#assigns, ...values });
      break;
    }
    return this;
  }
}

/** Where a callback wants to go. */
export interface NavigationRequest {
  readonly navigation: Navigation | undefined;
  /** The messages that go along. */
  readonly flash: FlashMessages;
}

const staying: NavigationRequest = Object.freeze({ navigation: undefined, flash: noFlash });

function without(messages: FlashMessages, kind: string | undefined): FlashMessages {
  if (kind === undefined) return noFlash;
  const { [kind]: _cleared, ...rest } = messages;
  return Object.freeze(rest);
}

function isEmpty(messages: FlashMessages): boolean {
  for (const _kind in messages) return false;
  return true;
}

function nothing(): void {}
