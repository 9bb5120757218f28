import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { stackFrames } from "../../../src/controller/debug-page/stack-frames.ts";
import { Conn } from "../../../src/plug/index.ts";

const here = process.cwd();
const url = (path: string) => pathToFileURL(`${here}/${path}`).href;
const frame = (line: string) => stackFrames(`Error: x\n    at ${line}`, "x")[0];

describe("stackFrames", () => {
  it("takes the stack of an error apart", () => {
    const error = new Error("what happened");
    const [first] = stackFrames(error.stack as string, error.message);
    assert.equal(first?.origin, "application");
    assert.equal(first?.file, import.meta.filename);
    assert.match(first?.place ?? "", /^test\/controller\/debug-page\/stack-frames\.test\.ts:\d+:\d+$/);
  });

  const forms: readonly (readonly [line: string, name: string, origin: string, place: string])[] = [
    [`show (${url("web/posts.ts")}:12:7)`, "show", "application", "web/posts.ts:12:7"],
    [
      `async PostController.show (${url("web/posts.ts")}:12:7)`,
      "async PostController.show",
      "application",
      "web/posts.ts:12:7",
    ],
    [`new Post (${url("web/a b/posts.ts")}:12:7)`, "new Post", "application", "web/a b/posts.ts:12:7"],
    [
      `Object.<anonymous> [as show] (${here}/web/posts.cjs:1:2)`,
      "Object.<anonymous> [as show]",
      "application",
      "web/posts.cjs:1:2",
    ],
    [`${url("web/posts.ts")}?v=2:12:7`, "", "application", "web/posts.ts:12:7"],
    [`async ${url("web/posts.ts")}:12:7`, "", "application", "web/posts.ts:12:7"],
    [`f (${url("node_modules/zod/index.js")}:1:2)`, "f", "dependency", "node_modules/zod/index.js:1:2"],
    [`f (${url("src/plug/conn.ts")}:1:2)`, "f", "framework", "src/plug/conn.ts:1:2"],
    ["f (node:events:514:20)", "f", "node", "node:events:514:20"],
    ["node:internal/main:1:2", "", "node", "node:internal/main:1:2"],
    ["async Promise.all (index 0)", "async Promise.all", "node", "index 0"],
    ["Array.map (<anonymous>)", "Array.map", "node", "<anonymous>"],
    ["f (data:text/javascript,x:1:2)", "f", "dependency", "data:text/javascript,x:1:2"],
    ["f (file:///%zz.ts:1:2)", "f", "dependency", "file:///%zz.ts:1:2"],
  ];
  for (const [line, name, origin, place] of forms) {
    it(`reads: at ${line.replaceAll(here, "…")}`, () => {
      const { name: found, origin: whose, place: where } = frame(line) ?? assert.fail("no frame");
      assert.deepEqual([found, whose, where], [name, origin, place]);
    });
  }

  it("knows the framework by where it lies", () => {
    try {
      new Conn(undefined as never, {} as never, undefined as never, undefined as never);
      assert.fail("it should have thrown");
    } catch (error) {
      assert.equal(stackFrames((error as Error).stack as string, (error as Error).message)[0]?.origin, "framework");
    }
  });

  it("takes nothing of the message for a frame", () => {
    const message = "x\n    at forged (file:///etc/passwd:1:1)";
    const frames = stackFrames(`Error: ${message}\n    at real (${url("a.ts")}:1:1)`, message);
    assert.deepEqual(
      frames.map(({ name }) => name),
      ["real"],
    );
  });

  it("ends soon, whatever the stack is", () => {
    assert.equal(stackFrames(`x${"\n    at f (node:x:1:1)".repeat(10_000)}`, "x").length, 100);
    assert.deepEqual(stackFrames(`x\n    at ${"(".repeat(1_000_000)}`, "x"), []);
    for (const hostile of ["(".repeat(900), ":1".repeat(450), " (".repeat(450), "a (b) ".repeat(150)]) frame(hostile);
    assert.deepEqual(stackFrames("", ""), []);
  });
});
