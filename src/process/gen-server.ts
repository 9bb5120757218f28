import { type ChildOptions, GenServerChild } from "./gen-server/child.ts";
import type { CallContext, ServerContext } from "./gen-server/context.ts";
import type { CallHandler, GenServerDefinition, Handler } from "./gen-server/definition.ts";
import type { CallOutcome, Outcome, ReplyOf, StateOf } from "./gen-server/outcome.ts";
import { type GenServerRef, genServerRef } from "./gen-server/ref.ts";
import { startServer } from "./gen-server/server-process.ts";
import type { AnyCall, AnyCast, CallSignature, CastSignature, PayloadThen } from "./gen-server/signature.ts";
import type { ExitReason, Message } from "./message.ts";
import type { Node, SpawnOptions } from "./node.ts";
import type { Pid } from "./pid.ts";
import type { Process } from "./process.ts";
import type { ProcessName } from "./process-name.ts";
import type { ChildSpec } from "./supervisor.ts";

/**
 * A server: a process with a state, and what it answers to. Every link of the chain is one, and can be
 * started, shared and gone on with.
 *
 * A payload without a type is `void`: such calls and casts take no argument. Handlers may be async; while
 * they wait, no other message is handled.
 */
export interface GenServer<Args, State, Calls extends AnyCall, Casts extends AnyCast> {
  readonly name: string;

  /**
   * Handles a call: give back `reply(…)`, `noReply(…)` to answer later, or `stop(…)`.
   *
   * @throws if the server has that call already.
   *
   * @example .call("post", (message: Message, state) => reply(message.id, { ...state, last: message }))
   */
  call<Name extends string, Given extends CallOutcome<State>, Payload = void, Later = unknown>(
    name: Name,
    handler: (payload: Payload, state: State, context: CallContext<Later>) => Given | Promise<Given>,
  ): GenServer<Args, State, Calls | CallSignature<Name, Payload, ReplyOf<Given, Later>>, Casts>;

  /**
   * Handles a cast: give back the new state, nothing to leave it, or `continueWith(…)`, `hibernate(…)`, `stop(…)`.
   *
   * @throws if the server has that cast already.
   */
  cast<Name extends string, Payload = void>(
    name: Name,
    handler: (payload: Payload, state: State, context: ServerContext) => Outcome<State> | Promise<Outcome<State>>,
  ): GenServer<Args, State, Calls, Casts | CastSignature<Name, Payload>>;

  /**
   * Handles a message that is neither: a timer's, a broadcast, `DOWN`, `EXIT`. Gives back what casts do. One
   * that is not handled is reported as `anqa.gen_server.unhandled`.
   *
   * @throws if the server handles that event already.
   */
  info<Payload = unknown>(
    event: string,
    handler: (
      payload: Payload,
      state: State,
      context: ServerContext,
      message: Message,
    ) => Outcome<State> | Promise<Outcome<State>>,
  ): GenServer<Args, State, Calls, Casts>;

  /**
   * Does what `continueWith(name, argument, …)` asks for, before any other message. Gives back what casts do.
   *
   * @throws if the server has that continue already.
   */
  continue<Argument = unknown>(
    name: string,
    handler: (argument: Argument, state: State, context: ServerContext) => Outcome<State> | Promise<Outcome<State>>,
  ): GenServer<Args, State, Calls, Casts>;

  /** Runs at the end, unless the process is killed. Whoever waits for the end waits for its promise too. */
  terminate(
    handler: (reason: ExitReason, state: State, context: ServerContext) => void | Promise<void>,
  ): GenServer<Args, State, Calls, Casts>;

  /**
   * Starts one, and resolves when its `init` is done.
   *
   * @throws (as a rejection) what `init` threw.
   */
  start(node: Node, ...given: PayloadThen<Args, SpawnOptions>): Promise<GenServerRef<Calls, Casts>>;

  /** The server as a child of a supervisor or an application. */
  child(...given: PayloadThen<Args, ChildOptions>): ChildSpec;

  /** The server that is registered under a name, whichever that is when it is called. */
  at(node: Node, name: ProcessName): GenServerRef<Calls, Casts>;

  /** The server of a process or its pid. */
  ref(node: Node, target: Process | Pid): GenServerRef<Calls, Casts>;
}

/** A server whose `init` is not declared: it has no state. */
export interface GenServerBuilder extends GenServer<void, undefined, never, never> {
  /**
   * Makes the state from what the server is started with, or `continueWith(…)` to do the rest of it
   * before the first message. Runs in the server's process; a throw makes the start fail.
   *
   * @example .init(({ room }: { room: string }) => ({ room, messages: [] as readonly Message[] }))
   */
  init<Result, Args = void>(
    handler: (args: Args, context: ServerContext) => Result | Promise<Result>,
  ): GenServer<Args, StateOf<Result>, never, never>;
}

/**
 * Declares a server: a process that keeps a state, and answers calls one at a time.
 *
 * The state is replaced, never changed: a handler gives back the next one. What a handler throws ends the
 * server, and rejects the calls that wait for it; its supervisor starts it anew.
 *
 * @param name what it is called in errors, lists and logs.
 *
 * @example
 * export const ChatRoom = genServer("chat_room")
 *   .init(({ room }: { room: string }) => ({ room, messages: [] as readonly Message[] }))
 *   .call("post", (message: Message, state) =>
 *     reply(message.id, { ...state, messages: [...state.messages, message] }))
 *   .call("history", (_nothing, state) => reply(state.messages))
 *   .cast("clear", (_nothing, state) => ({ ...state, messages: [] }));
 *
 * const room = await ChatRoom.start(node, { room: "lobby" });
 * const id = await room.call("post", { id: 1, text: "hello" });
 */
export function genServer(name: string): GenServerBuilder {
  const empty: GenServerDefinition = {
    name,
    label: `gen_server ${name}`,
    init: undefined,
    calls: new Map(),
    casts: new Map(),
    infos: new Map(),
    continues: new Map(),
    terminate: undefined,
  };
  // The interfaces carry the types through the chain; at run time there is one class.
  return new Builder(empty) as unknown as GenServerBuilder;
}

class Builder {
  readonly #definition: GenServerDefinition;

  constructor(definition: GenServerDefinition) {
    this.#definition = definition;
  }

  get name(): string {
    return this.#definition.name;
  }

  init(init: NonNullable<GenServerDefinition["init"]>): Builder {
    return this.#with({ init });
  }

  call(name: string, handler: CallHandler): Builder {
    return this.#with({ calls: this.#added("call", this.#definition.calls, name, handler) });
  }

  cast(name: string, handler: Handler): Builder {
    return this.#with({ casts: this.#added("cast", this.#definition.casts, name, handler) });
  }

  info(event: string, handler: Handler): Builder {
    return this.#with({ infos: this.#added("info", this.#definition.infos, event, handler) });
  }

  continue(name: string, handler: Handler): Builder {
    return this.#with({ continues: this.#added("continue", this.#definition.continues, name, handler) });
  }

  terminate(terminate: NonNullable<GenServerDefinition["terminate"]>): Builder {
    return this.#with({ terminate });
  }

  async start(node: Node, args?: unknown, options?: SpawnOptions): Promise<unknown> {
    const process = node.spawn(this.#definition.label, startServer(this.#definition, args), options);
    await process.started();
    return this.ref(node, process);
  }

  child(args?: unknown, options?: ChildOptions): ChildSpec {
    return new GenServerChild(this.#definition, args, options);
  }

  at(node: Node, name: ProcessName): unknown {
    return genServerRef(this.name, node, name);
  }

  ref(node: Node, target: Process | Pid): unknown {
    return genServerRef(this.name, node, target);
  }

  #with(changes: Partial<GenServerDefinition>): Builder {
    return new Builder({ ...this.#definition, ...changes });
  }

  #added<T>(kind: string, present: ReadonlyMap<string, T>, name: string, handler: T): ReadonlyMap<string, T> {
    if (present.has(name)) throw new Error(`gen server ${this.name} declares the ${kind} "${name}" twice`);
    return new Map(present).set(name, handler);
  }
}
