import type { Hole } from "./hole.ts";
import { listDiff } from "./list-diff.ts";
import { nodeOf } from "./node-of.ts";
import { print } from "./print.ts";
import { type Comprehension, Rendered, type TemplateValue } from "./rendered.ts";
import { fullEntry, fullNode, treeMembers } from "./tree.ts";

/**
 * The smallest message that makes a client that shows `previous` show `next`: JSON members without the braces
 * around them (protocol sections 16 and 17).
 *
 * Values are compared by identity, which is why everything that is rendered from must be immutable; what is not
 * identical is compared by its text. Work is done for what changed only.
 *
 * @returns `""` if nothing changed: then nothing may be sent. If the template of the top is another one, the
 * whole tree.
 * @throws if a hole has a value that it does not take; the message shows the template.
 *
 * @example diffMembers(Counter({ count: 1 }), Counter({ count: 2 }))     // "0":"2"
 */
export function diffMembers(previous: Rendered, next: Rendered): string {
  return previous.template === next.template ? changedDynamics(previous, next) : treeMembers(next);
}

/** The dynamics that differ between two renderings of one template. */
function changedDynamics(previous: Rendered, next: Rendered): string {
  if (previous === next) return "";
  const { holes } = next.template;
  let members = "";
  for (let index = 0; index < holes.length; index++) {
    const before = previous.values[index];
    const after = next.values[index];
    if (Object.is(before, after)) continue;
    const change = changedDynamic(holes[index] as Hole, before, after);
    if (change !== "") members += `${members === "" ? '"' : ',"'}${index}":${change}`;
  }
  return members;
}

/** What to send for one hole; `""` if it prints the same. */
function changedDynamic(hole: Hole, before: TemplateValue, after: TemplateValue): string {
  const previous = nodeOf(hole, before);
  const next = nodeOf(hole, after);
  if (next === undefined) {
    const text = print(hole, after);
    return previous === undefined && print(hole, before) === text ? "" : JSON.stringify(text);
  }
  if (previous === undefined || previous.template !== next.template) return fullNode(hole, next);
  if (next instanceof Rendered) {
    if (!(previous instanceof Rendered)) return fullNode(hole, next);
    const members = changedDynamics(previous, next);
    return members === "" ? "" : `{${members}}`;
  }
  return previous instanceof Rendered ? fullNode(hole, next) : changedList(hole, previous, next);
}

/**
 * The diff between two lists. Viewers who share both lists share its text, which is kept with the newer one:
 * one diff per list, and no older list is kept alive by it.
 */
function changedList(hole: Hole, previous: Comprehension, next: Comprehension): string {
  if (next.arrival !== undefined && next.arrival.from.deref() === previous) return next.arrival.json;
  const json = listDiff(previous, next, {
    full: (row) => fullEntry(hole, next, row),
    changed: (before, after) => changedEntry(hole, next, before, after),
  });
  if (previous.shared || next.shared) next.arrival = { from: new WeakRef(previous), json };
  return json;
}

function changedEntry(hole: Hole, list: Comprehension, before: TemplateValue, after: TemplateValue): string {
  if (Object.is(before, after)) return "";
  if (list.template !== undefined) return changedDynamics(before as Rendered, after as Rendered);
  const change = changedDynamic(hole, before, after);
  return change === "" ? "" : `"0":${change}`;
}
