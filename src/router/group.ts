import type { PathText } from "./matching/pattern.ts";
import { type GroupEntry, groupOf, type RouteEntries } from "./route-entries.ts";

/**
 * Entries of `defineRoutes` that share the beginning of their paths. (Entries that share only the beginning of their names
 * stand in a plain object.) A group may stand in a module of its own.
 *
 * @example
 * export const routes = defineRoutes({ home: "/", admin: group("/admin", { home: "/", users: resources("/users") }) });
 *
 * routes.admin.home();                       // "/admin"
 * routes.admin.users.show({ id: 7 });        // "/admin/users/7"
 */
export function group<const Path extends PathText, const Entries extends RouteEntries>(
  path: Path,
  entries: Entries,
): GroupEntry<Path, Entries> {
  return Object.freeze({ [groupOf]: { path, entries } });
}
