import type { ChildSpec } from "../process/index.ts";
import type { Router } from "../router/index.ts";

/** What `endpoint` makes: the child of a supervision tree, and what it serves. */
export interface EndpointSpec extends ChildSpec {
  readonly router: Router;
}

/** The endpoints among the children of an application that need not run, at whatever depth. */
export function endpointSpecs(children: readonly ChildSpec[]): EndpointSpec[] {
  return children.flatMap((child) =>
    ["router" in child ? (child as EndpointSpec) : [], endpointSpecs(child.children ?? [])].flat(),
  );
}
