import { isProviding, type Requirement } from "../../plug/index.ts";
import type { Target } from "../definition.ts";
import type { ExpandedRoute } from "../expand.ts";
import type { Requiring } from "../route.ts";
import { describe } from "./describe.ts";

/** What targets require and the pipelines of their routes do not provide. */
export function* unprovidedRequirements(expanded: readonly ExpandedRoute[]): Iterable<string> {
  for (const route of expanded) {
    const { declaration } = route;
    const provided = providedTo(route);
    for (const required of requirementsOf(declaration.target)) {
      if (provided.includes(required)) continue;
      const { name } = required;
      const target = `${describe(declaration)} leads to "${declaration.targetName}", which requires "${name}"`;
      yield provided.some((other) => other.name === name)
        ? `${target}, but its pipelines provide another requirement of that name`
        : `${target}, but ${goesThrough(route)}: put provide(${name}) into one of them`;
    }
  }
}

function requirementsOf(target: Target): readonly Requirement[] {
  if (target.kind === "live") return target.live.requirements ?? [];
  return target.kind === "action" ? ((target.action as Requiring).requirements ?? []) : [];
}

function providedTo({ layers }: ExpandedRoute): readonly Requirement[] {
  const plugs = layers.flatMap(({ pipelines }) => pipelines.flatMap((pipeline) => pipeline.plugs));
  return plugs.filter(isProviding).map(({ provides }) => provides);
}

function goesThrough({ layers }: ExpandedRoute): string {
  const names = layers.flatMap((layer) => layer.names);
  if (names.length === 0) return "goes through no pipeline";
  return `none of its pipelines (${names.join(", ")}) provides it`;
}
