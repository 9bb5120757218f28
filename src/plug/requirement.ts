import type { Node } from "../process/index.ts";
import type { Conn } from "./conn.ts";

/**
 * Something that a page or an action cannot do without, and that the visitor's session leads to: the user who is
 * logged in, the team that was chosen. Made by {@link requirement}.
 */
export interface Requirement<Name extends string = string, Value = unknown> {
  /** The key under which consumers find the value among the assigns. */
  readonly name: Name;
  /** Finds the value, or nothing. */
  load(session: SessionReader, context: LoadContext): Found<Value>;
}

/** The part of a session that a requirement may use: the same for a request and for a connected view. */
export interface SessionReader {
  get(key: string): unknown;
}

/** Where a requirement is loaded. A conn is one; so is what a connected view loads with. */
export interface LoadContext {
  readonly node: Node;
}

/** The value of a requirement; `null` and `undefined` mean that there is none. */
export type Found<Value> = Value | null | undefined | Promise<Value | null | undefined>;

/**
 * Declares something that pages and actions can require: its name among the assigns, and how a session leads to it.
 *
 * Who needs it says so (`action(currentUser, …)`, `liveView(…).requires(currentUser)`) and finds it, typed, in
 * `assigns`. A pipeline with `provide(currentUser)` provides it. A route to a consumer whose pipelines do not provide
 * it does not compile, and is reported at start.
 *
 * A view loads it twice: for the page's request, and from the session again when the browser has connected; a
 * user who was locked out in between does not get in. What everybody has, but not always with a value (the
 * visitor, who may be logged in), is a requirement that always loads something: `{ user: found ?? null }`.
 *
 * @param load gets the session and the node; it finds the value, or `null` or `undefined`. What it throws is an error of the server.
 * @throws for a name that no consumer could write as a property.
 *
 * @example
 * export const currentUser = requirement("currentUser", (session, { node }) => findUser(node, session.get("userId")));
 */
export function requirement<const Name extends string, Value>(
  name: Name,
  load: (session: SessionReader, context: LoadContext) => Found<Value>,
): Requirement<Name, NonNullable<Value>> {
  if (!/^[A-Za-z_$][\w$]*$/.test(name) || reserved.includes(name)) {
    throw new Error(
      `requirement(${JSON.stringify(name)}): the name stands among the assigns; write it like "currentUser"`,
    );
  }
  return Object.freeze({ name, load: load as Requirement<Name, NonNullable<Value>>["load"] });
}

/** Assigns that views have anyway, and what is no plain property of an object. */
const reserved: readonly string[] = ["flash", "liveAction", "__proto__"];

/** A conn whose assigns are known: those that its pipelines have provided. */
export type ConnWith<Provided> = Conn & { readonly assigns: Provided };

/** The assigns that requirements become: `{ currentUser: User }`. */
export type ProvidedBy<Required extends Requirement> = {
  readonly [One in Required as One["name"]]: One extends Requirement<string, infer Value> ? Value : never;
};
