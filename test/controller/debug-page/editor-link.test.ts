import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { editorLink } from "../../../src/controller/debug-page/editor-link.ts";
import type { StackFrame } from "../../../src/controller/debug-page/stack-frames.ts";

const at = (file: string | undefined) => ({ file, line: 12, column: 7 }) as StackFrame;

describe("editorLink", () => {
  const present = process.env.ANQA_EDITOR;
  afterEach(() => {
    if (present === undefined) delete process.env.ANQA_EDITOR;
    else process.env.ANQA_EDITOR = present;
  });
  const link = (editor: string | undefined, file: string | undefined) => {
    if (editor === undefined) delete process.env.ANQA_EDITOR;
    else process.env.ANQA_EDITOR = editor;
    return editorLink(at(file));
  };

  it("opens VS Code, if nothing else is said", () => {
    assert.equal(link(undefined, "/app/web/posts.ts"), "vscode://file/app/web/posts.ts:12:7");
  });

  it("opens the editor that ANQA_EDITOR names", () => {
    assert.equal(link("zed", "/app/a.ts"), "zed://file/app/a.ts:12:7");
    assert.equal(link("idea", "/app/a.ts"), "idea://open?file=/app/a.ts&line=12&column=7");
  });

  it("takes a link of one's own", () => {
    assert.equal(link("txmt://open?url=file://{file}&line={line}", "/a.ts"), "txmt://open?url=file:///a.ts&line=12");
  });

  it("makes none if it is not to, or cannot", () => {
    for (const editor of ["", "none", "toString", "unknown"]) assert.equal(link(editor, "/app/a.ts"), undefined);
    assert.equal(link("vscode", undefined), undefined);
  });

  it("encodes paths", () => {
    assert.equal(link("vscode", "/a b/ü#?%$&.ts"), "vscode://file/a%20b/%C3%BC%23%3F%25%24%26.ts:12:7");
    assert.equal(link("vscode", "C:\\app\\a.ts"), "vscode://file/C%3A/app/a.ts:12:7");
  });
});
