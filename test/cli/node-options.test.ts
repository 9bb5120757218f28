import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { Program } from "../process/program.ts";
import { command, path } from "./support.ts";

const application = path("./applications/options.ts");

async function optionsOfChild(t: TestContext, words: readonly string[], NODE_OPTIONS = ""): Promise<unknown> {
  const program = new Program(t, words, { NODE_OPTIONS });
  assert.equal(await program.ended, 0, program.output);
  return JSON.parse(program.output);
}

suite("the application's Node.js", () => {
  test("has the options of the parent's, and a small young heap", async (t) => {
    assert.deepEqual(await optionsOfChild(t, ["--no-deprecation", command, "server", application]), [
      "--conditions=anqa-source",
      "--no-deprecation",
      "--max-semi-space-size=8",
    ]);
  });

  test("has the options before the file", async (t) => {
    assert.deepEqual(await optionsOfChild(t, [command, "server", "--stack-trace-limit=50", application]), [
      "--conditions=anqa-source",
      "--stack-trace-limit=50",
      "--max-semi-space-size=8",
    ]);
  });

  test("has the young heap that NODE_OPTIONS asks for", async (t) => {
    assert.deepEqual(await optionsOfChild(t, [command, "server", application], "--max-semi-space-size=32"), [
      "--conditions=anqa-source",
    ]);
  });
});
