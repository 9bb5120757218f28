import { type Below, patternBelow } from "./matching/pattern.ts";
import { type DefinedRoutes, type NamedRoute, namedRoutes } from "./named-route.ts";
import { type PathBuilder, pathBuilder } from "./path-builder.ts";
import {
  type ActionPattern,
  actionPattern,
  type ResourceAction,
  resourceRequests,
} from "./resources/resource-actions.ts";
import { type GroupEntry, groupOf, type ResourceEntry, type RouteEntries, resourceOf } from "./route-entries.ts";

/** What {@link defineRoutes} makes of entries below a path. */
export type Routes<Entries, Prefix extends string = "/"> = {
  readonly [Name in keyof Entries]: RoutesOf<Entries[Name], Prefix>;
};

type RoutesOf<Entry, Prefix extends string> = Entry extends string
  ? PathBuilder<Below<Prefix, Entry>>
  : Entry extends ResourceEntry<infer Path, infer Member, infer Inner, infer Action, infer Nested>
    ? ResourceRoutes<Below<Prefix, Path>, Member, Inner, Action> & Routes<Nested, Below<Below<Prefix, Path>, Inner>>
    : Entry extends GroupEntry<infer Path, infer Entries>
      ? Routes<Entries, Below<Prefix, Path>>
      : Routes<Entry, Prefix>;

/** A resource among the routes: a path for each of its actions, and what `scope.resources` has to know. */
export type ResourceRoutes<
  Path extends string = string,
  Member extends string = string,
  Inner extends string = string,
  Action extends ResourceAction = ResourceAction,
> = { readonly [Name in Action]: PathBuilder<ActionPattern<Path, Member, Name>> } & ResourcePaths<
  Path,
  Member,
  Inner,
  Action
>;

/** The paths of a resource; see {@link ResourceEntry}. */
export interface ResourcePaths<
  Path extends string = string,
  Member extends string = string,
  Inner extends string = string,
  Action extends ResourceAction = ResourceAction,
> {
  readonly [resourcePaths]: {
    readonly path: Path;
    readonly member: Member;
    readonly inner: Inner;
    readonly actions: readonly Action[];
  };
}

export const resourcePaths: unique symbol = Symbol("resource paths");

/**
 * Names the paths of an application, so that everything can link to them and nothing has to know who serves them.
 *
 * In a pattern `:name` stands for one segment that is not empty and `*name`, at the end, for all that remains, slashes
 * included (perhaps nothing). Each name becomes a function that builds the path. A missing, misspelt or superfluous
 * param does not compile. Values are percent-encoded; those of a `*name` segment by segment.
 *
 * Entries may be grouped: by name in a plain object, by name and path with `group`, and `resources` stands for the seven
 * usual routes of a thing.
 *
 * **Building throws** for values that no path can carry: an empty value, `.` and `..` (every client resolves them
 * away, so that the link would lead somewhere else), a NUL, and a `*name` value that begins with `/`. Check such names where
 * users choose them.
 *
 * @example
 * export const routes = defineRoutes({
 *   home: "/",
 *   chat: "/chat/:room",
 *   file: "/files/*path",
 *   posts: resources("/posts", { comments: resources("/comments") }),
 * });
 *
 * routes.home();                                        // "/"
 * routes.chat({ room: "a b" });                         // "/chat/a%20b"
 * routes.file({ path: "2026/plan.pdf" });               // "/files/2026/plan.pdf"
 * routes.posts.comments.show({ postId: 7, id: 1 });     // "/posts/7/comments/1"
 * routes.home({}, { query: { page: 2 }, fragment: "end" });  // "/?page=2#end"
 * routes.chat.url(conn, { room: "lobby" });             // "https://example.org/chat/lobby"
 * routes.chat.pattern;                                  // "/chat/:room"
 *
 * @throws an Error for a malformed pattern, and for an entry below a resource that has the name of one of its actions.
 */
export function defineRoutes<const Entries extends RouteEntries>(entries: Entries): Routes<Entries> & DefinedRoutes {
  const named: NamedRoute[] = [];
  const routes = buildEntries(entries, "", "/", named);
  Object.defineProperty(routes, namedRoutes, { value: Object.freeze(named) });
  return Object.freeze(routes) as unknown as Routes<Entries> & DefinedRoutes;
}

/** The routes of one resource, for a router that is given its path as text. */
export function resourceRoutesOf(entry: ResourceEntry, prefix: string): ResourcePaths {
  return buildResource(entry, "", prefix, []) as unknown as ResourcePaths;
}

type Built = Record<string, unknown>;

/** @param before what precedes the names of the entries: `posts.` */
function buildEntries(entries: RouteEntries, before: string, prefix: string, named: NamedRoute[]): Built {
  const built: Built = {};
  for (const [name, entry] of Object.entries(entries)) {
    built[name] = buildEntry(entry, before + name, prefix, named);
  }
  return built;
}

function buildEntry(entry: RouteEntries[string], name: string, prefix: string, named: NamedRoute[]): unknown {
  if (typeof entry === "string") return buildPath(name, patternBelow(prefix, entry), undefined, named);
  if (resourceOf in entry) return Object.freeze(buildResource(entry as ResourceEntry, `${name}.`, prefix, named));
  if (groupOf in entry) {
    const { path, entries } = (entry as GroupEntry)[groupOf];
    return Object.freeze(buildEntries(entries as RouteEntries, `${name}.`, patternBelow(prefix, path), named));
  }
  return Object.freeze(buildEntries(entry as RouteEntries, `${name}.`, prefix, named));
}

function buildResource(entry: ResourceEntry, before: string, prefix: string, named: NamedRoute[]): Built {
  const { path, member, inner, actions, nested } = entry[resourceOf];
  const whole = patternBelow(prefix, path);
  const built: Built = {};
  for (const action of actions) {
    const pattern = actionPattern(whole, member, action);
    built[action] = buildPath(before + action, pattern, resourceRequests[action].methods, named);
  }
  const below = buildEntries(nested as RouteEntries, before, patternBelow(whole, inner), named);
  for (const name of Object.keys(below)) {
    if (name in built)
      throw new Error(`routes.${before}${name} is an action of its resource: give what is below it another name`);
  }
  return Object.assign(built, below, { [resourcePaths]: { path: whole, member, inner, actions } });
}

function buildPath(
  name: string,
  pattern: string,
  methods: readonly string[] | undefined,
  named: NamedRoute[],
): unknown {
  const built = pathBuilder(name, pattern);
  named.push({ name, pattern, methods });
  return built;
}
