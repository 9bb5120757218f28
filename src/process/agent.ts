import type { CallOptions } from "./gen-server/call.ts";
import type { ChildOptions } from "./gen-server/child.ts";
import { type Reply, reply } from "./gen-server/outcome.ts";
import type { GenServerRef } from "./gen-server/ref.ts";
import type { CallSignature } from "./gen-server/signature.ts";
import { genServer } from "./gen-server.ts";
import type { Node, SpawnOptions } from "./node.ts";
import type { Pid } from "./pid.ts";
import type { Process } from "./process.ts";
import type { ProcessName } from "./process-name.ts";
import type { ChildSpec } from "./supervisor.ts";

/** A declared agent: how to start it, and how to find it. */
export interface Agent<State> {
  readonly name: string;
  /** Starts one; `initial` takes the place of the declared state. */
  start(node: Node, initial?: State, options?: SpawnOptions): Promise<AgentRef<State>>;
  /** The agent as a child of a supervisor or an application. */
  child(initial?: State, options?: ChildOptions): ChildSpec;
  /** The agent that is registered under a name, whichever that is when it is asked. */
  at(node: Node, name: ProcessName): AgentRef<State>;
  /** The agent of a process or its pid. */
  ref(node: Node, target: Process | Pid): AgentRef<State>;
}

/**
 * A running agent. The functions run in its process, one after the other, awaits included; what they throw
 * ends it, and rejects as `CallFailed` with the error as its cause.
 */
export interface AgentRef<State> {
  readonly node: Node;
  /** The process behind it, while it lives. */
  readonly process: Process | undefined;
  /** The state. */
  get(): Promise<State>;
  /** What a function makes of the state. */
  get<Value>(read: (state: State) => Value | Promise<Value>, options?: CallOptions): Promise<Value>;
  /** Replaces the state by what a function makes of it. Resolves when that is done. */
  update(change: (state: State) => State | Promise<State>, options?: CallOptions): Promise<void>;
  /** Both at once: `change` gives back a value and the next state. */
  getAndUpdate<Value>(
    change: (state: State) => readonly [Value, State] | Promise<readonly [Value, State]>,
    options?: CallOptions,
  ): Promise<Value>;
}

/**
 * Declares an agent: a process that does nothing but keep a state for others. What has rules of its own is
 * better off as a `genServer`, whose calls have names.
 *
 * The state is replaced, never changed.
 *
 * @param initial the state that it starts with, if it is not started with another.
 *
 * @example
 * export const Visits = agent("visits", 0);
 * const visits = await Visits.start(node);
 * await visits.update((count) => count + 1);
 * await visits.get(); // 1
 */
export function agent<State>(name: string, initial: State): Agent<State> {
  const server = genServer(`agent ${name}`)
    .init((given: Held<State> | undefined) => given ?? { value: initial })
    .call("get", (read: Read<State>, { value }) => {
      const answer = read(value);
      return answer instanceof Promise ? answer.then((later: unknown) => reply(later)) : reply(answer);
    })
    .call("update", (change: Change<State>, { value }) => {
      const changed = change(value);
      return changed instanceof Promise ? changed.then(updated<State>) : updated<State>(changed);
    });
  return Object.freeze<Agent<State>>({
    name,
    start: async (node, ...[given, options]) => new Ref(await server.start(node, held(given), options)),
    child: (given, options) => server.child(held(given), options),
    at: (node, registered) => new Ref(server.at(node, registered)),
    ref: (node, target) => new Ref(server.ref(node, target)),
  });
}

/** A state in a box, so that it may also be undefined, which servers take for unchanged. */
interface Held<State> {
  readonly value: State;
}

type Read<State> = (state: State) => unknown;
type Change<State> = (state: State) => readonly [unknown, State] | Promise<readonly [unknown, State]>;

type Server<State> = GenServerRef<
  CallSignature<"get", Read<State>, unknown> | CallSignature<"update", Change<State>, unknown>,
  never
>;

function updated<State>([answer, value]: readonly [unknown, State]): Reply<unknown, Held<State>> {
  return reply(answer, { value });
}

function held<State>(value: State | undefined): Held<State> | undefined {
  return value === undefined ? undefined : { value };
}

class Ref<State> implements AgentRef<State> {
  readonly #server: Server<State>;

  constructor(server: Server<State>) {
    this.#server = server;
  }

  get node(): Node {
    return this.#server.node;
  }

  get process(): Process | undefined {
    return this.#server.process;
  }

  get<Value = State>(read?: (state: State) => Value | Promise<Value>, options?: CallOptions): Promise<Value> {
    return this.#server.call("get", read ?? unread, options) as Promise<Value>;
  }

  update(change: (state: State) => State | Promise<State>, options?: CallOptions): Promise<void> {
    const changing: Change<State> = (state) => {
      const next = change(state);
      return next instanceof Promise ? next.then((later) => [undefined, later]) : [undefined, next];
    };
    return this.#server.call("update", changing, options) as Promise<void>;
  }

  getAndUpdate<Value>(
    change: (state: State) => readonly [Value, State] | Promise<readonly [Value, State]>,
    options?: CallOptions,
  ): Promise<Value> {
    return this.#server.call("update", change, options) as Promise<Value>;
  }
}

function unread<State>(state: State): State {
  return state;
}
