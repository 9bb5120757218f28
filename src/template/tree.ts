import type { Hole } from "./hole.ts";
import { nodeOf } from "./node-of.ts";
import { print } from "./print.ts";
import { type Comprehension, Rendered, type TemplateValue } from "./rendered.ts";

/**
 * The whole tree for the LiveView client: JSON members without the braces around them, so that a caller can put
 * others beside (`"t"`, `"e"`, `"c"`). Protocol section 15.
 *
 * There is no `"r"` at the top, where it would be the reply of an event.
 *
 * @example treeMembers(html`<p>${1}</p>`)     // "0":"1","s":["<p>","</p>"]
 * @throws if a hole has a value that it does not take; the message shows the template.
 */
export function treeMembers(next: Rendered): string {
  const dynamics = fullDynamics(next);
  return dynamics === "" ? next.template.staticsMember : `${dynamics},${next.template.staticsMember}`;
}

/** One dynamic in full: a JSON string, or a node with its statics. */
export function fullDynamic(hole: Hole, value: TemplateValue): string {
  const node = nodeOf(hole, value);
  return node === undefined ? JSON.stringify(print(hole, value)) : fullNode(hole, node);
}

/** A node in full, with its statics. */
export function fullNode(hole: Hole, node: Rendered | Comprehension): string {
  if (!(node instanceof Rendered)) return fullList(hole, node);
  return node.template.singleRoot ? `{${treeMembers(node)},"r":1}` : `{${treeMembers(node)}}`;
}

/** A row in full as an entry of a list, which has the statics: `{"0":…}`. */
export function fullEntry(hole: Hole, list: Comprehension, row: TemplateValue): string {
  if (list.template === undefined) return `{"0":${fullDynamic(hole, row)}}`;
  const rendered = row as Rendered;
  if (rendered.entryJson !== undefined) return rendered.entryJson;
  const json = `{${fullDynamics(rendered)}}`;
  if (rendered.shared) rendered.entryJson = json;
  return json;
}

function fullList(hole: Hole, list: Comprehension): string {
  const { rows, template } = list;
  let entries = "";
  for (let index = 0; index < rows.length; index++) entries += `"${index}":${fullEntry(hole, list, rows[index])},`;
  return `{${template?.staticsMember ?? `"s":["",""]`},"k":{${entries}"kc":${rows.length}}}`;
}

function fullDynamics({ template: { holes }, values }: Rendered): string {
  let members = "";
  for (let index = 0; index < holes.length; index++) {
    members += `${index === 0 ? '"' : ',"'}${index}":${fullDynamic(holes[index] as Hole, values[index])}`;
  }
  return members;
}
