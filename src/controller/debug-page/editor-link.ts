import type { StackFrame } from "./stack-frames.ts";

/** Links that open a file at a line, by the names that `ANQA_EDITOR` may have. */
const editors: Readonly<Record<string, string>> = {
  cursor: "cursor://file{file}:{line}:{column}",
  idea: "idea://open?file={file}&line={line}&column={column}",
  vscode: "vscode://file{file}:{line}:{column}",
  webstorm: "webstorm://open?file={file}&line={line}&column={column}",
  windsurf: "windsurf://file{file}:{line}:{column}",
  zed: "zed://file{file}:{line}:{column}",
};

/**
 * A link that opens the place of a frame in the developer's editor.
 *
 * The variable `ANQA_EDITOR` names the editor: `vscode`, which is the default, `cursor`, `idea`, `webstorm`,
 * `windsurf`, `zed`; or it is a link with `{file}`, `{line}` and `{column}` in it. Empty or `none`: no links.
 */
export function editorLink({ file, line, column }: StackFrame): string | undefined {
  const editor = process.env.ANQA_EDITOR ?? "vscode";
  const link = Object.hasOwn(editors, editor) ? editors[editor] : editor.includes("{file}") ? editor : undefined;
  if (link === undefined || file === undefined) return undefined;
  // On Windows the path begins with a drive, and the link wants a slash before that.
  const path = `${/^[a-z]:/i.test(file) ? "/" : ""}${file.replaceAll("\\", "/")}`;
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return link.replace("{file}", encoded).replace("{line}", String(line)).replace("{column}", String(column));
}
