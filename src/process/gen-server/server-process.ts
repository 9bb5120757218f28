import { inspect } from "node:util";
import type { Behaviour } from "../behaviour.ts";
import type { Exit, ExitReason, Message } from "../message.ts";
import type { Node } from "../node.ts";
import { samePid } from "../pid.ts";
import type { Process, Start } from "../process.ts";
import { Call } from "./call.ts";
import { Cast } from "./cast.ts";
import type { CallContext, ServerContext } from "./context.ts";
import type { GenServerDefinition, Handler } from "./definition.ts";
import { UnknownCall } from "./errors.ts";
import { messageUnhandled } from "./events.ts";
import { Continue, Hibernate, NoReply, Pending, Reply, Stop } from "./outcome.ts";

/** The start function of a server's process. */
export function startServer(definition: GenServerDefinition, args: unknown): Start {
  return (process) => {
    const server = new ServerProcess(definition, process);
    const pending = server.init(args);
    return pending === undefined ? server : pending.then(() => server);
  };
}

/** Milliseconds of idleness after which a server hibernates that did not ask for it. */
const hibernateAfter = 15_000;

/**
 * A running server. There may be a million of them: each holds its definition, its process and its state,
 * and is itself the context that its handlers are given.
 *
 * Invariant: in the place of the state stands a {@link Pending} with it while a continue or hibernation is to
 * follow before the next message, and at last perhaps the {@link Stop} that ends the server.
 */
class ServerProcess implements Behaviour, ServerContext {
  readonly process: Process;
  readonly #definition: GenServerDefinition;
  #state: unknown;

  constructor(definition: GenServerDefinition, process: Process) {
    this.#definition = definition;
    this.process = process;
  }

  get node(): Node {
    return this.process.node;
  }

  init(args: unknown): void | Promise<void> {
    return settled(this.#definition.init?.(args, this), (result) => {
      this.#state = result;
    });
  }

  receive(message: Message): void | Promise<void> {
    if (!(this.#state instanceof Pending)) return this.#handle(message);
    this.hibernate();
    return settled(this.settle(), () => {
      if (!(this.#state instanceof Stop)) return this.#handle(message);
    });
  }

  /** Does what is to be done before the next message. */
  settle(): void | Promise<void> {
    while (this.#state instanceof Continue) {
      const { name, argument, state } = this.#state;
      this.#state = state;
      const pending = settled(this.#continueHandler(name)(argument, state, this), (next) => this.#advance(next));
      if (pending !== undefined) return pending.then(() => this.settle());
    }
  }

  get hibernateAfter(): number {
    return this.#state instanceof Hibernate ? 0 : hibernateAfter;
  }

  hibernate(): void {
    if (this.#state instanceof Hibernate) this.#state = this.#state.state;
  }

  terminate(reason: ExitReason): void | Promise<void> {
    return this.#definition.terminate?.(reason, this.state, this);
  }

  get state(): unknown {
    return this.#state instanceof Pending ? this.#state.state : this.#state;
  }

  #handle(message: Message): void | Promise<void> {
    if (message instanceof Call) return this.#call(message);
    const { casts, infos } = this.#definition;
    const handler = (message instanceof Cast ? casts : infos).get(message.event);
    if (message.event === "EXIT" && this.#endsWithParent(message)) return;
    if (handler === undefined) return this.#unhandled(message);
    const outcome = handler(message.payload, this.#state, this, message);
    if (outcome instanceof Promise) return outcome.then((next) => this.#advance(next));
    this.#advance(outcome);
  }

  #call(call: Call): void | Promise<void> {
    const { name, calls } = this.#definition;
    const handler = calls.get(call.event);
    if (handler === undefined) return call.fail(new UnknownCall(name, call.event, calls.keys()));
    const outcome = handler(call.payload, this.#state, new CallTurn(this.process, call));
    if (outcome instanceof Promise) return outcome.then((settledOutcome) => this.#answer(call, settledOutcome));
    this.#answer(call, outcome);
  }

  #answer(call: Call, outcome: unknown): void {
    if (outcome instanceof Reply) {
      this.#advance(outcome.next);
      call.reply(outcome.value);
    } else if (outcome instanceof NoReply) this.#advance(outcome.next);
    else if (outcome instanceof Stop) {
      if (outcome.answer !== undefined) call.reply(outcome.answer.value);
      this.#advance(outcome);
    } else {
      throw new TypeError(
        `the call "${call.event}" of ${this.#definition.name} gave back ${inspect(outcome)}: give back reply(…), noReply(…) or stop(…)`,
      );
    }
  }

  /** Takes over what comes next: the new state, or something to do with it. */
  #advance(next: unknown): void {
    if (next === undefined) return;
    this.#state = next instanceof Pending && next.state === undefined ? withState(next, this.#state) : next;
    if (next instanceof Stop) this.process.exit(next.reason);
  }

  #continueHandler(name: string): Handler {
    const handler = this.#definition.continues.get(name);
    if (handler !== undefined) return handler;
    throw new Error(
      `${this.#definition.name} was to continue with "${name}", which it does not declare: add .continue("${name}", …)`,
    );
  }

  /** A server that traps exits does not outlive who started it: nobody else would stop it. */
  #endsWithParent(message: Message): boolean {
    const { parent, trapExit } = this.process;
    if (message instanceof Cast || !trapExit || parent === undefined) return false;
    const { pid, reason } = message.payload as Exit;
    if (!samePid(parent, pid)) return false;
    this.process.exit(reason === "killed" ? "shutdown" : reason);
    return true;
  }

  #unhandled(message: Message): void {
    const { node, pid } = this.process;
    const kind = message instanceof Cast ? "cast" : "info";
    messageUnhandled.execute({ node: node.name, pid, server: this.#definition.name, kind, event: message.event });
  }
}

/** What the handler of a call is given. */
class CallTurn implements CallContext {
  readonly process: Process;
  readonly from: Call;

  constructor(process: Process, from: Call) {
    this.process = process;
    this.from = from;
  }

  get node(): Node {
    return this.process.node;
  }
}

/** The same to be done, with the state as it is. */
function withState(pending: Pending<unknown>, state: unknown): Pending<unknown> {
  if (pending instanceof Continue) return new Continue(pending.name, pending.argument, state);
  if (pending instanceof Stop) return new Stop(pending.reason, pending.answer, state);
  return new Hibernate(state);
}

/** Goes on with a value, at once if it is there, so that synchronous handlers cost no promise. */
function settled<T>(value: T | Promise<T>, next: (value: T) => void | Promise<void>): void | Promise<void> {
  return value instanceof Promise ? value.then(next) : next(value);
}
