import type { ExitReason } from "../message.ts";

/** A call's answer, and what comes next: made by {@link reply}. */
export class Reply<Value, Next> {
  readonly value: Value;
  readonly next: Next | undefined;

  constructor(value: Value, next: Next | undefined) {
    this.value = value;
    this.next = next;
  }
}

/**
 * Answers a call.
 *
 * @param value what the caller's promise resolves with; its type is the type of the call.
 * @param next the new state, or `continueWith(…)` or `hibernate(…)`; without it the state stays as it is.
 *
 * @example .call("push", (item: Item, state) => reply(state.length + 1, [...state, item]))
 */
export function reply<Value, Next = undefined>(value: Value, next?: Next): Reply<Value, Next> {
  return new Reply(value, next);
}

/** A call that is answered later: made by {@link noReply}. */
export class NoReply<Next> {
  readonly next: Next | undefined;

  constructor(next: Next | undefined) {
    this.next = next;
  }
}

/**
 * Leaves a call open. Whoever holds its `from` answers it later, from anywhere; until then other messages
 * are handled. The reply's type is given with the context, as nothing else in the handler tells it.
 *
 * @param next as for {@link reply}.
 *
 * @example
 * .call("take", (_nothing: void, state, { from }: CallContext<Job>) =>
 *   noReply({ ...state, waiting: [...state.waiting, from] }))
 */
export function noReply<Next = undefined>(next?: Next): NoReply<Next> {
  return new NoReply(next);
}

/** A state together with something that is to be done. */
export abstract class Pending<State> {
  /** Undefined where a handler leaves the state as it is. */
  readonly state: State | undefined;

  constructor(state: State | undefined) {
    this.state = state;
  }
}

/** The end of a server at its own wish: made by {@link stop}. */
export class Stop<Value, State> extends Pending<State> {
  readonly reason: ExitReason;
  /** What the call is answered with before the end, if it is. */
  readonly answer: Reply<Value, undefined> | undefined;

  constructor(reason: ExitReason, answer: Reply<Value, undefined> | undefined, state: State | undefined) {
    super(state);
    this.reason = reason;
    this.answer = answer;
  }
}

/**
 * Ends the server. A call that gets no reply with it rejects, like all that still wait.
 *
 * @param reason `normal` and `shutdown` are peaceful; an Error is a crash.
 * @param reply the answer to the call that is being handled; elsewhere it says nothing.
 * @param state what `terminate` is given; without it the state as it is.
 */
export function stop(reason: ExitReason): Stop<never, never>;
export function stop<Value, State = never>(reason: ExitReason, reply: Value, state?: State): Stop<Value, State>;
export function stop(reason: ExitReason, ...given: unknown[]): Stop<unknown, unknown> {
  return new Stop(reason, given.length === 0 ? undefined : new Reply(given[0], undefined), given[1]);
}

/** Something to do before the next message: made by {@link continueWith}. */
export class Continue<State> extends Pending<State> {
  readonly name: string;
  readonly argument: unknown;

  constructor(name: string, argument: unknown, state: State | undefined) {
    super(state);
    this.name = name;
    this.argument = argument;
  }
}

/**
 * Sets the state and runs the server's `continue` of that name before any other message is handled. Given
 * back by `init` it lets the start be done quickly, and what takes long follow.
 *
 * @example .init((id: string) => continueWith("load", id, { rows: [] as readonly Row[] }))
 */
export function continueWith<State = never>(name: string, argument?: unknown, state?: State): Continue<State> {
  return new Continue(name, argument, state);
}

/** A state to sleep with: made by {@link hibernate}. */
export class Hibernate<State> extends Pending<State> {
  /** Tells it from the others, which have more than a state. */
  readonly sleeps = true;
}

/**
 * Sets the state, and lets the process hibernate within a second, instead of when it has been idle for long:
 * for servers that seldom have anything to do.
 */
export function hibernate<State = never>(state?: State): Hibernate<State> {
  return new Hibernate(state);
}

/** What comes after a message: a new state, none (it stays as it is), or something to do with it. */
export type Next<State> = State | undefined | Continue<State> | Hibernate<State>;

/** What the handlers of casts, infos and continues give back. */
export type Outcome<State> = Next<State> | void | Stop<unknown, State>;

/** What the handlers of calls give back. */
export type CallOutcome<State> = Reply<unknown, Next<State>> | NoReply<Next<State>> | Stop<unknown, State>;

/** The type of a call's reply. `Later` is that of the context, for calls that are answered later. */
export type ReplyOf<Outcome, Later> =
  Outcome extends Reply<infer Value, unknown>
    ? Value
    : Outcome extends Stop<infer Value, unknown>
      ? Value
      : Outcome extends NoReply<unknown>
        ? Later
        : never;

/** The state that what `init` gave back starts with. */
export type StateOf<Result> = Result extends Continue<infer State> | Hibernate<infer State> ? State : Result;
