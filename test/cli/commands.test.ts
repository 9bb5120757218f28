import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Program } from "../process/program.ts";
import { command } from "./support.ts";

suite("anqa", () => {
  for (const words of [[], ["--help"], ["help"]]) {
    test(`${["anqa", ...words].join(" ")} lists the commands`, async (t) => {
      const program = new Program(t, [command, ...words]);
      assert.equal(await program.ended, 0);
      assert.match(program.output, /^anqa <command>\n\n {2}server {2}runs an application/);
    });
  }

  test("a command explains itself", async (t) => {
    const program = new Program(t, [command, "server", "--help"]);
    assert.equal(await program.ended, 0);
    assert.match(program.output, /^anqa server \[--node-option…\] \[file\]\n/);
  });

  test("an unknown command is answered with a sentence", async (t) => {
    const program = new Program(t, [command, "serve"]);
    assert.equal(await program.ended, 1);
    assert.equal(program.output, 'anqa: there is no command "serve". There is: server, routes. See anqa --help.\n');
  });

  test("anqa server says which file it did not find", async (t) => {
    const program = new Program(t, [command, "server", "nothing.ts"]);
    assert.equal(await program.ended, 1);
    assert.match(program.output, /^anqa server: there is no nothing\.ts in .*\. Name the file .*\n$/);
  });

  test("anqa server takes one file", async (t) => {
    const program = new Program(t, [command, "server", "a.ts", "b.ts"]);
    assert.equal(await program.ended, 1);
    assert.equal(program.output, 'anqa server: one file is enough: what is "b.ts"? See anqa server --help.\n');
  });
});
