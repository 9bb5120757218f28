import { type Below, patternBelow } from "../matching/pattern.ts";

/** The seven actions of a resource. */
export type ResourceAction = "index" | "new" | "create" | "show" | "edit" | "update" | "delete";

/** Those of a resource of which there is only one. */
export type SingularAction = Exclude<ResourceAction, "index">;

/** How an action is asked for. */
export interface ResourceRequest {
  readonly methods: readonly string[];
  /** Whether it is about one member of a collection, or about the collection. */
  readonly ofMember: boolean;
  /** What follows the path of the member or the collection. */
  readonly suffix: string;
}

/** How each action is asked for, in the order in which they are declared and listed. */
export const resourceRequests: Readonly<Record<ResourceAction, ResourceRequest>> = {
  index: { methods: ["GET"], ofMember: false, suffix: "/" },
  new: { methods: ["GET"], ofMember: false, suffix: "/new" },
  create: { methods: ["POST"], ofMember: false, suffix: "/" },
  show: { methods: ["GET"], ofMember: true, suffix: "/" },
  edit: { methods: ["GET"], ofMember: true, suffix: "/edit" },
  update: { methods: ["PATCH", "PUT"], ofMember: true, suffix: "/" },
  delete: { methods: ["DELETE"], ofMember: true, suffix: "/" },
};

export const resourceActions = Object.keys(resourceRequests) as readonly ResourceAction[];
export const singularActions = resourceActions.filter((action) => action !== "index") as readonly SingularAction[];

/**
 * The pattern of an action.
 *
 * @param Path that of the resource: `/posts`.
 * @param Member what a member adds to it: `/:id`, or `/` if there is only one.
 */
export type ActionPattern<Path extends string, Member extends string, Action> = Action extends "index" | "create"
  ? Path
  : Action extends "new"
    ? Below<Path, "/new">
    : Action extends "edit"
      ? Below<Below<Path, Member>, "/edit">
      : Below<Path, Member>;

/** The same at run time. */
export function actionPattern(path: string, member: string, action: ResourceAction): string {
  const { ofMember, suffix } = resourceRequests[action];
  return patternBelow(ofMember ? patternBelow(path, member) : path, suffix);
}
