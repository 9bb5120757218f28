import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type ChannelLink, ClientMessage } from "../channel/index.ts";
import { quoted } from "../endpoint/index.ts";
import type { Behaviour, ExitReason, Message, Node, Process } from "../process/index.ts";
import type { Route } from "../router/index.ts";
import { afterwards } from "./afterwards.ts";
import { answer } from "./answer.ts";
import type { ConnectedView } from "./connected-view.ts";
import { type EventHandler, infoHandlerFor, type ViewDefinition } from "./definition.ts";
import { type ClientEvent, isObject, readEvent } from "./event-payload.ts";
import { eventRefused, infoUnhandled } from "./events.ts";
import { timed } from "./handler-timing.ts";
import type { JoinRequest } from "./join-request.ts";
import { locate } from "./location.ts";
import type { Departure } from "./navigation.ts";
import { ShownPage } from "./shown-page.ts";
import { noFlash, ViewSocket } from "./view-socket.ts";
import { type Ending, follow, serves, stays, visit } from "./visit.ts";

/**
 * The process of one view that a browser shows.
 *
 * Each message runs callbacks, which change the assigns. An event is answered with what changed; other
 * messages only leave it to `settle`, which sends what changed when the mailbox is empty. So the client is
 * always told about an event what that event did, and ten messages cost one render (PROTOCOL section 37).
 */
export class ViewProcess implements Behaviour, ConnectedView {
  readonly process: Process;
  readonly link: ChannelLink;
  readonly definition: ViewDefinition;
  readonly socket: ViewSocket;
  route: Route;
  /** Undefined until the join is answered. */
  page: ShownPage | undefined = undefined;
  #awaitsWritable = false;

  constructor(process: Process, link: ChannelLink, { view, location, flash }: JoinRequest) {
    this.process = process;
    this.link = link;
    this.definition = view.definition;
    this.route = location.route;
    this.socket = new ViewSocket(this, location.url.href, location.route.options.action, flash);
  }

  get viewId(): string {
    return this.link.topic.slice("lv:".length);
  }

  get node(): Node {
    return this.process.node;
  }

  /** For those who look in. */
  get state(): unknown {
    return this.socket.assigns;
  }

  get freezes(): boolean {
    return this.link.connection.endpoint.config.environment !== "production";
  }

  /**
   * Runs `mount` and `handleParams`.
   *
   * @returns where they ended; nothing has been sent yet.
   */
  mount({ location, session, connectParams }: JoinRequest): Ending | Promise<Ending> {
    const socket = this.socket;
    socket.connectParams = connectParams;
    socket.mounting = true;
    return afterwards(this.definition.mount?.(location.params, session, socket), () => {
      socket.mounting = false;
      const { navigation, flash } = socket.takeNavigation();
      if (navigation !== undefined) return { patch: undefined, departure: navigation as Departure, flash };
      return visit(this, location);
    });
  }

  /**
   * Renders the view for the first time.
   *
   * @returns the members of the tree for the answer to the join, which has to be sent.
   */
  firstRender(): string {
    this.socket.connectParams = undefined;
    this.page = new ShownPage(this.definition, this.socket);
    return this.page.tree();
  }

  /** The events that wait, as the text of a JSON array, for an answer that carries nothing else. */
  takeEvents(): string {
    return this.socket.takeEvents() ?? "[]";
  }

  receive(message: Message): void | Promise<void> {
    if (!(message instanceof ClientMessage)) return this.#receiveInfo(message);
    const { event, payload, ref } = message;
    if (event === "event") return this.#receiveEvent(payload, ref);
    if (event === "live_patch") return this.#receivePatch(payload, ref);
    if (event === "phx_leave") {
      this.link.reply(ref, "ok", "{}");
      this.process.exit("normal");
    } else if (event === "cids_will_destroy") this.link.reply(ref, "ok", "{}");
    else if (event === "cids_destroyed") this.link.reply(ref, "ok", '{"cids":[]}');
    else this.#refuse(event, ref, "unknown message");
  }

  /** Sends what changed since the client was last told; to a slow client only once it has caught up. */
  settle(): void {
    const page = this.page;
    if (page === undefined || page.isCurrent) return;
    // Events cannot be merged into later ones, so they go out; what a slow client is owed is bounded by its connection.
    if (this.link.congested && !this.socket.hasEvents) return this.#settleWhenWritable();
    const members = page.changes();
    if (members !== "") this.link.push("diff", `{${members}}`);
  }

  hibernate(): void {
    this.page?.hibernate();
  }

  terminate(reason: ExitReason): void | Promise<void> {
    if (this.page === undefined || this.definition.terminate === undefined) return;
    return afterwards(this.definition.terminate(reason, this.socket), () => undefined);
  }

  #receiveInfo(message: Message): void | Promise<void> {
    const handler = infoHandlerFor(this.definition, message);
    if (handler === undefined) return this.#ignore(message);
    const { name } = this.definition;
    const run = () => handler.handle(message.payload, this.socket);
    return afterwards(timed(this.process, name, "info", message.event, run), () => this.#conclude(null));
  }

  #receiveEvent(payload: unknown, ref: string | null): void | Promise<void> {
    const event = readEvent(payload);
    if (typeof event === "string") return this.#refuse("event", ref, event);
    if (event.forComponent) return this.link.reply(ref, "ok", "{}");
    if (event.name === "lv:clear-flash") return this.#clearFlash(event, ref);
    const handler = this.definition.events.get(event.name);
    if (handler === undefined) throw this.#unknownEvent(event.name);
    if (handler.schema === undefined) {
      if (isObject(event.value)) return this.#handle(handler, event.name, event.value, ref);
      return this.#decline(event.name, ref, "its value is no object; handlers of other values need a schema");
    }
    const checked = handler.schema["~standard"].validate(event.value);
    return checked instanceof Promise
      ? checked.then((result) => this.#handleChecked(handler, event.name, result, ref))
      : this.#handleChecked(handler, event.name, checked, ref);
  }

  #handleChecked(
    handler: EventHandler,
    name: string,
    result: StandardSchemaV1.Result<unknown>,
    ref: string | null,
  ): void | Promise<void> {
    if (result.issues === undefined) return this.#handle(handler, name, result.value, ref);
    const issues = result.issues.map(({ message }) => message).join("; ");
    return this.#decline(name, ref, `its schema says: ${issues}`);
  }

  #handle(handler: EventHandler, name: string, value: unknown, ref: string | null): void | Promise<void> {
    const run = () => handler.handle(value, this.socket);
    return afterwards(timed(this.process, this.definition.name, "event", name, run), () => this.#conclude(ref));
  }

  #clearFlash({ value }: ClientEvent, ref: string | null): void {
    const kind = isObject(value) ? value.key : undefined;
    this.socket.clearFlash(typeof kind === "string" ? kind : undefined);
    this.#answer(ref, stays);
  }

  #receivePatch(payload: unknown, ref: string | null): void | Promise<void> {
    if (!isObject(payload) || typeof payload.url !== "string") {
      return this.#refuse("live_patch", ref, "the payload names no URL");
    }
    const location = locate(this.link.connection.endpoint.router, payload.url);
    if (location === undefined) {
      throw new Error(
        `live view "${this.definition.name}": no route serves ${quoted(payload.url)}, which a link patches to`,
      );
    }
    if (!serves(this, location)) return this.link.reply(ref, "ok", '{"link_redirect":true}');
    this.socket.showFlash(noFlash);
    return this.#answer(ref, visit(this, location));
  }

  /** Goes on after the callback of a message: follows its patches, then answers. */
  #conclude(ref: string | null): void | Promise<void> {
    return this.#answer(ref, follow(this));
  }

  #answer(ref: string | null, ending: Ending | Promise<Ending>): void | Promise<void> {
    if (ending instanceof Promise) return ending.then((ended) => answer(this, ref, ended));
    answer(this, ref, ending);
  }

  #settleWhenWritable(): void {
    if (this.#awaitsWritable) return;
    this.#awaitsWritable = true;
    this.link.whenWritable(() => {
      this.#awaitsWritable = false;
      this.process.wake();
    });
  }

  /** A message of the client that makes no sense: an error for the client, a line in the log, and the view goes on. */
  #refuse(event: string, ref: string | null, reason: string): void {
    this.#report(event, reason);
    this.link.reply(ref, "error", JSON.stringify({ reason }));
  }

  /** An event whose value its handler does not take: the client is told nothing but what changed otherwise. */
  #decline(event: string, ref: string | null, reason: string): void {
    this.#report(event, reason);
    this.#answer(ref, stays);
  }

  #report(event: string, reason: string): void {
    const { process } = this;
    eventRefused.execute({ node: process.node.name, pid: process.pid, view: this.definition.name, event, reason });
  }

  /** On a topic there may be events that do not concern the view; a message sent to itself ought to have a handler. */
  #ignore({ event, topic }: Message): void {
    if (topic !== undefined) return;
    const { process } = this;
    infoUnhandled.execute({ node: process.node.name, pid: process.pid, view: this.definition.name, event });
  }

  #unknownEvent(event: string): Error {
    const { name, events } = this.definition;
    const known = events.size === 0 ? "it handles none" : `it handles ${[...events.keys()].join(", ")}`;
    return new Error(`live view "${name}" has no handler for the event ${quoted(event)}; ${known}`);
  }
}
