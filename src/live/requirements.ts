import type { Conn, Requirement, SessionData } from "../plug/index.ts";
import type { Node } from "../process/index.ts";
import type { ViewDefinition } from "./definition.ts";

/** Assigns by the names of requirements. */
type Values = Readonly<Record<string, unknown>>;

/** A visitor's session does not give what a view requires (any more). */
export class UnmetRequirementError extends Error {
  constructor(view: string, requirement: string) {
    super(`the session does not give "${requirement}", which the view "${view}" requires`);
    this.name = "UnmetRequirementError";
  }
}

/**
 * What the pipelines of a request have provided for a view.
 *
 * @throws an Error if something is missing, which a router that was checked at start does not let happen.
 */
export function providedRequirements({ name, requirements }: ViewDefinition, conn: Conn): Values {
  return Object.fromEntries(
    requirements.map((required) => {
      const value = conn.assigns[required.name];
      if (value !== undefined) return [required.name, value];
      throw new Error(`the view "${name}" needs conn.assigns.${required.name}, which no plug has put there`);
    }),
  );
}

/**
 * Loads what a view requires from the session of its connection, all at once.
 *
 * @returns a promise if one of them is loaded asynchronously.
 * @throws (or rejects with) UnmetRequirementError if the session does not give one of them, and what loading throws.
 */
export function loadRequirements(
  { name, requirements }: ViewDefinition,
  session: SessionData,
  node: Node,
): Values | Promise<Values> {
  const reader = { get: (key: string) => (Object.hasOwn(session, key) ? session[key] : undefined) };
  const found = requirements.map((required) => required.load(reader, { node }));
  const settle = (values: readonly unknown[]) => byName(name, requirements, values);
  return found.some((value) => value instanceof Promise) ? Promise.all(found).then(settle) : settle(found);
}

function byName(view: string, requirements: readonly Requirement[], values: readonly unknown[]): Values {
  return Object.fromEntries(
    requirements.map(({ name }, index) => {
      const value = values[index];
      if (value === undefined || value === null) throw new UnmetRequirementError(view, name);
      return [name, value];
    }),
  );
}
