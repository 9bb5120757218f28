import { type Conn, HttpError, type Params } from "../plug/index.ts";
import { type ErrorStatusName, statusCode } from "./status.ts";

/** Makes an answer of what an action gave back instead of answering. */
export type Fallback<Outcome> = (conn: Conn, outcome: Outcome) => void | Promise<void>;

/** What the fallback that {@link actionFallback} brings along understands. */
export type Failure = Error | { readonly error: ErrorStatusName | Error };

/**
 * An action that either answers or gives something back. (Written as a method, so that it may name its params, and what
 * it knows of the conn, more narrowly.)
 */
type ActionGiving<Outcome> = {
  action(conn: Conn, params: Params): void | Outcome | Promise<void | Outcome>;
}["action"];

/** The same action once its outcomes are taken care of, with all that the router reads from it. */
type Answering<Action> = Action extends (...given: infer Given) => unknown
  ? ((...given: Given) => void | Promise<void>) & { readonly [Name in keyof Action]: Action[Name] }
  : never;

/** One action, or all of a controller. */
type ActionsGiving<Outcome> = ActionGiving<Outcome> | { readonly [name: string]: ActionGiving<Outcome> };

/**
 * Gives actions a fallback. (One signature for both: with two, an action that the first does not fit is read without
 * knowing what it may give back, and `"not_found"` becomes any text.)
 */
export type WithFallback<Outcome> = <Given extends ActionsGiving<Outcome>>(
  actions: Given,
) => Given extends ActionGiving<Outcome>
  ? Answering<Given>
  : { readonly [Name in keyof Given]: Answering<Given[Name]> };

/**
 * Says once what becomes of that which actions give back instead of an answer: the results of functions that may fail.
 *
 * An action that gives back nothing has answered, as always. What it gives back otherwise goes to the fallback, which
 * answers in its place; and what the fallback does not understand, the action does not compile with. What is thrown is
 * thrown on.
 *
 * Without a fallback of your own, an `Error` is thrown, and `{ error: "not_found" }` becomes the error page of its
 * status, in the request's format.
 *
 * @returns a function that gives the fallback to an action, or to all of a controller.
 *
 * @example
 * const answering = actionFallback((conn, { error }: { error: "not_found" | "locked" }) => {
 *   render(conn, ProblemView, { error }, { status: error });
 * });
 *
 * export const PostController = answering({
 *   async show(conn: Conn, { id }: { id: string }) {
 *     const found = await findPost(id);            // { post } or { error }
 *     if ("error" in found) return found;
 *     render(conn, PostView, found);
 *   },
 * });
 */
export function actionFallback(): WithFallback<Failure>;
export function actionFallback<Outcome>(fallback: Fallback<Outcome>): WithFallback<Outcome>;
export function actionFallback(fallback: Fallback<never> = failWith): WithFallback<unknown> {
  function answering(action: ActionGiving<unknown>): ActionGiving<never> {
    const settle = (conn: Conn, outcome: unknown) => {
      if (outcome !== undefined) return fallback(conn, outcome as never);
    };
    const wrapped: ActionGiving<never> = (conn, params) => {
      const outcome = action(conn, params);
      return outcome instanceof Promise ? outcome.then((given) => settle(conn, given)) : settle(conn, outcome);
    };
    return Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(action));
  }
  const all = (controller: Readonly<Record<string, ActionGiving<unknown>>>) =>
    Object.fromEntries(Object.entries(controller).map(([name, action]) => [name, answering(action)]));
  return ((given: ActionGiving<unknown> | Readonly<Record<string, ActionGiving<unknown>>>) =>
    typeof given === "function" ? answering(given) : all(given)) as WithFallback<unknown>;
}

/** What there is to be thrown of a failure. */
function failWith(_conn: Conn, failure: Failure): never {
  const error = failure instanceof Error ? failure : failure.error;
  if (error instanceof Error) throw error;
  throw new HttpError(statusCode(error), `the action gave back { error: ${JSON.stringify(error)} }`);
}
