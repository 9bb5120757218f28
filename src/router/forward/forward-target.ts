import type { Plug } from "../../plug/index.ts";
import { type Defined, definitionOf, type Target } from "../definition.ts";
import { nameOfFunction } from "../method-scope.ts";
import type { FetchHandler } from "../route.ts";

/** What a path can be forwarded to: a router, a plug, or an object with a `fetch` function. */
export type ForwardTarget = Defined | Plug | FetchHandler;

/**
 * Tells what kind of target it is.
 *
 * @throws an Error that says what can be forwarded to.
 */
export function forwardTarget(given: ForwardTarget): { readonly target: Target; readonly name: string } {
  if (typeof given === "function") return { target: { kind: "plug", plug: given }, name: nameOfFunction(given) };
  if (definitionOf in given) return { target: { kind: "router", router: given }, name: "router" };
  if (typeof given?.fetch === "function") return { target: { kind: "fetch", handler: given }, name: "fetch" };
  throw new Error(
    "forward(path, target): the target is a router, a plug, or an object with a fetch function from Request to Response",
  );
}
