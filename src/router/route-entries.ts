import type { PathText } from "./matching/pattern.ts";
import type { ResourceAction } from "./resources/resource-actions.ts";

/** Entries of `defineRoutes`: patterns by name, and what holds further entries. */
export interface RouteEntries {
  readonly [name: string]:
    | PathText
    | RouteEntries
    | { readonly [groupOf]: unknown }
    | { readonly [resourceOf]: unknown };
}

/** What `group` makes. */
export interface GroupEntry<Path extends string = string, Entries = unknown> {
  readonly [groupOf]: { readonly path: Path; readonly entries: Entries };
}

export const groupOf: unique symbol = Symbol("group");

/**
 * What `resources` and `resource` make.
 *
 * @param Member what a member adds to the path: `/:id`; `/` if there is only one.
 * @param Inner the same for paths below it: `/:postId`.
 */
export interface ResourceEntry<
  Path extends string = string,
  Member extends string = string,
  Inner extends string = string,
  Action extends ResourceAction = ResourceAction,
  Nested = unknown,
> {
  readonly [resourceOf]: {
    readonly path: Path;
    readonly member: Member;
    readonly inner: Inner;
    readonly actions: readonly Action[];
    readonly nested: Nested;
  };
}

export const resourceOf: unique symbol = Symbol("resource");
