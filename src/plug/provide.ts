import type { Conn } from "./conn.ts";
import { HttpError } from "./http-error.ts";
import type { Plug } from "./plug.ts";
import type { ProvidedBy, Requirement } from "./requirement.ts";

declare const provided: unique symbol;

/** A plug of which the router knows that everything behind it finds `Provided` among the assigns. */
export interface ProvidingPlug<Provided = object> extends Plug {
  /** Only a type. */
  readonly [provided]?: Provided;
  readonly provides: Requirement;
}

/** What a series of plugs provides together. */
export type ProvidedByPlugs<Plugs extends readonly Plug[]> = Together<
  Plugs[number] extends infer One ? (One extends ProvidingPlug<infer Provided> ? Provided : never) : never
>;

/** All members of a union at once; an object without known properties for none. */
export type Together<Union> = [Union] extends [never]
  ? object
  : (Union extends unknown ? (given: Union) => void : never) extends (given: infer All) => void
    ? All
    : never;

/** How a requirement is provided. */
export interface ProvideOptions {
  /** Answers visitors whose session does not give the value, instead of the route. By default they get the error page of status 403. */
  readonly otherwise?: Plug;
}

/**
 * Provides a requirement to the routes of a pipeline: loads it from the session into `conn.assigns`.
 *
 * Where there is none, `otherwise` answers, and nothing else of the route runs. It has to stand behind
 * `fetchSession()`. Write it in the list that `pipeline(name, [...])` is given: that is where the router reads in its
 * type what the pipeline provides.
 *
 * @throws per request what the requirement's `load` throws; HttpError 403 if there is no value and no `otherwise`.
 *
 * @example
 * .pipeline("users", [provide(currentUser, { otherwise: (conn) => redirect(conn, { to: routes.logIn() }) })])
 */
export function provide<Required extends Requirement>(
  requirement: Required,
  { otherwise = refuse(requirement) }: ProvideOptions = {},
): ProvidingPlug<ProvidedBy<Required>> {
  const { name } = requirement;

  function settle(conn: Conn, value: unknown): void | Promise<void> {
    if (value !== undefined && value !== null) {
      conn.assigns[name] = value;
      return;
    }
    conn.halt();
    return otherwise(conn);
  }

  const plug: Plug = (conn) => {
    const found = requirement.load(conn.session, conn);
    return found instanceof Promise ? found.then((value) => settle(conn, value)) : settle(conn, found);
  };
  return Object.freeze(Object.assign(plug, { provides: requirement }));
}

/** Whether a plug was made by {@link provide}. */
export function isProviding(plug: Plug): plug is ProvidingPlug {
  return "provides" in plug;
}

function refuse({ name }: Requirement): Plug {
  return (conn) => {
    throw new HttpError(403, `${conn.method} ${conn.path} requires ${name}, which the session does not give`);
  };
}
