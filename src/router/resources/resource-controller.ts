import type { Below } from "../matching/pattern.ts";
import { type ActionChoice, chosenActions } from "../resources.ts";
import type { Action } from "../route.ts";
import type { ResourceEntry } from "../route-entries.ts";
import { type ResourcePaths, resourcePaths, resourceRoutesOf } from "../routes.ts";
import { type ActionPattern, actionPattern, type ResourceAction, resourceRequests } from "./resource-actions.ts";

/** A controller with certain actions of a resource. */
export type ResourceController<Resource extends ResourcePaths, Actions extends ResourceAction, Provided> = ControllerAt<
  PathsOf<Resource>["path"],
  PathsOf<Resource>["member"],
  Actions,
  Provided
>;

/** Takes the paths apart from the rest, for the sake of what the compiler says. */
type ControllerAt<Path extends string, Member extends string, Actions extends ResourceAction, Provided> = {
  readonly [Name in Actions]: Action<ActionPattern<Path, Member, Name>, Provided>;
};

/** What {@link ResourcePaths} tells. */
type PathsOf<Resource extends ResourcePaths> = Resource[keyof ResourcePaths];

/** The actions that a resource has; one that is given as text has all. */
export type ActionsOf<Given, All extends ResourceAction> = Given extends ResourcePaths
  ? PathsOf<Given>["actions"][number]
  : All;

/** The paths of a resource that is given as an entry of `defineRoutes`, or as text below a path. */
export type ResourceOf<
  Given,
  Path extends string,
  Member extends string,
  Inner extends string,
> = Given extends ResourcePaths
  ? Given
  : Given extends string
    ? ResourcePaths<Below<Path, Given>, Member, Inner>
    : never;

/** The path that precedes what lies below a member. */
export type InnerPath<Resource extends ResourcePaths> = Below<PathsOf<Resource>["path"], PathsOf<Resource>["inner"]>;

/** One request that a controller serves for a resource. */
export interface ResourceRoute {
  readonly name: ResourceAction;
  readonly methods: readonly string[];
  readonly pattern: string;
  /** Undefined if the controller has none of that name. */
  readonly action: Action | undefined;
}

/** What a controller serves of a resource, in the usual order of the actions. */
export function resourceRoutes(
  routes: ResourcePaths,
  controller: object,
  choice: ActionChoice<string, string>,
): ResourceRoute[] {
  const { path, member, actions } = routes[resourcePaths];
  return chosenActions(actions, choice).map((name) => ({
    name,
    methods: resourceRequests[name].methods,
    pattern: actionPattern(path, member, name),
    action: actionOf(controller, name),
  }));
}

/** The paths of a resource that is given as an entry of `defineRoutes`, or else was made of a text. */
export function resourceAt(prefix: string, given: ResourcePaths | ResourceEntry): ResourcePaths {
  return resourcePaths in given ? given : resourceRoutesOf(given, prefix);
}

/** The action finds its controller in `this`, and keeps its requirements. */
function actionOf(controller: object, name: string): Action | undefined {
  const action: unknown = (controller as Record<string, unknown>)[name];
  if (typeof action !== "function") return undefined;
  const { requirements } = action as Action & { readonly requirements?: unknown };
  const bound = action.bind(controller) as Action;
  return requirements === undefined ? bound : Object.assign(bound, { requirements });
}
