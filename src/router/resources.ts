import type { PathText } from "./matching/pattern.ts";
import {
  type ResourceAction,
  resourceActions,
  type SingularAction,
  singularActions,
} from "./resources/resource-actions.ts";
import { type SingularOf, singularOf } from "./resources/singular.ts";
import { type ResourceEntry, type RouteEntries, resourceOf } from "./route-entries.ts";

/** Which of its actions a resource has. */
export interface ActionChoice<Only extends string, Except extends string> {
  /** These alone. */
  readonly only?: readonly Only[];
  /** All but these. */
  readonly except?: readonly Except[];
}

/** How {@link resources} may differ from the usual. */
export interface ResourceOptions<
  Param extends string = string,
  Singular extends string = string,
  Only extends string = string,
  Except extends string = string,
> extends ActionChoice<Only, Except> {
  /** The param that names a member, `id` if absent. */
  readonly param?: Param;
  /** What one member is called, where the usual rule is wrong about it: paths below it have `personId` then. */
  readonly singular?: Singular;
}

// biome-ignore lint/complexity/noBannedTypes: an object without entries is meant
type NoEntries = {};

/**
 * The usual paths of things that are listed, shown and changed: an entry of `defineRoutes`, served by `scope.resources`.
 *
 * | name | path | served for |
 * |---|---|---|
 * | `index` | `/posts` | GET |
 * | `new` | `/posts/new` | GET |
 * | `create` | `/posts` | POST |
 * | `show` | `/posts/:id` | GET |
 * | `edit` | `/posts/:id/edit` | GET |
 * | `update` | `/posts/:id` | PATCH and PUT |
 * | `delete` | `/posts/:id` | DELETE |
 *
 * @param nested further entries, whose paths begin with that of a member: `/posts/:postId/comments`. The param is called
 * after the last part of the path; see {@link ResourceOptions.singular}.
 *
 * @example
 * const routes = defineRoutes({ posts: resources("/posts", { comments: resources("/comments", {}, { only: ["create"] }) }) });
 *
 * routes.posts.index();                              // "/posts"
 * routes.posts.edit({ id: 7 });                      // "/posts/7/edit"
 * routes.posts.comments.create({ postId: 7 });       // "/posts/7/comments"
 */
export function resources<
  const Path extends PathText,
  const Nested extends RouteEntries = NoEntries,
  const Param extends string = "id",
  const Singular extends string = SingularOf<Path>,
  const Only extends ResourceAction = ResourceAction,
  const Except extends ResourceAction = never,
>(
  path: Path,
  nested?: Nested,
  options: ResourceOptions<Param, Singular, Only, Except> = {},
): ResourceEntry<Path, `/:${Param}`, `/:${Singular}${Capitalize<Param>}`, Exclude<Only, Except>, Nested> {
  const { param = "id", singular = singularOf(path) } = options;
  const inner = `/:${singular}${param.slice(0, 1).toUpperCase()}${param.slice(1)}`;
  const actions = chosenActions(resourceActions, options);
  return entry(path, `/:${param}`, inner, actions, nested);
}

/**
 * The usual paths of something of which there is one, such as the visitor's profile: those of {@link resources} without
 * `index`, and without a param.
 *
 * @example
 * const routes = defineRoutes({ profile: resource("/profile") });
 *
 * routes.profile.edit();      // "/profile/edit"
 */
export function resource<
  const Path extends PathText,
  const Nested extends RouteEntries = NoEntries,
  const Only extends SingularAction = SingularAction,
  const Except extends SingularAction = never,
>(
  path: Path,
  nested?: Nested,
  options: ActionChoice<Only, Except> = {},
): ResourceEntry<Path, "/", "/", Exclude<Only, Except>, Nested> {
  return entry(path, "/", "/", chosenActions(singularActions, options), nested);
}

/** Those of `all` that were chosen, in their usual order. */
export function chosenActions<Action extends string>(
  all: readonly Action[],
  { only = all, except = [] }: ActionChoice<string, string>,
): readonly Action[] {
  const unknown = [...only, ...except].find((action) => !(all as readonly string[]).includes(action));
  if (unknown !== undefined) throw new Error(`there is no action "${unknown}" here; there are ${all.join(", ")}`);
  return all.filter((action) => only.includes(action) && !except.includes(action));
}

/** The types that the functions above promise are those of what they hand over here. */
function entry<Entry extends ResourceEntry>(
  path: string,
  member: string,
  inner: string,
  actions: readonly ResourceAction[],
  nested: unknown = {},
): Entry {
  return Object.freeze({ [resourceOf]: { path, member, inner, actions, nested } }) as Entry;
}
