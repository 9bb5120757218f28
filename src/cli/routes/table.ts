import { relative } from "node:path";
import { describePlace, type Route } from "../../router/index.ts";

const columns = ["name", "method", "path", "target", "pipelines", "declared at"];

/**
 * The routes as lines of aligned columns, those alone whose line has `filter` in it, in whatever case.
 *
 * @param folder places are told relative to it.
 * @returns an empty text if there are none.
 */
export function routeTable(routes: readonly Route[], folder: string, filter = ""): string {
  const wanted = filter.toLowerCase();
  const rows = routes
    .map((route) => cells(route, folder))
    .filter((row) => row.some((cell) => cell.toLowerCase().includes(wanted)));
  if (rows.length === 0) return "";
  const lines = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function cells(route: Route, folder: string): string[] {
  const { name = "", method, host, pattern, targetName, pipelines, place } = route;
  const path = host === undefined ? pattern : `//${host}${host.endsWith(".") ? "*" : ""}${pattern}`;
  const described = describePlace(place);
  const at = described.startsWith("/") ? relative(folder, described) : described;
  return [name, method, path, targetName, pipelines.join(" "), at];
}
