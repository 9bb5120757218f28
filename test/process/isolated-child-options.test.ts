import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { childOptions } from "../../src/process/isolated/child-options.ts";

suite("the options of Node.js for a child process", () => {
  test("are those of the program", () => {
    const options = ["--conditions=x", "-C", "y", "--import", "./hooks.js", "--require=./a.cjs", "--no-warnings"];
    assert.deepEqual(childOptions(options), options);
  });

  test("are without its debugger", () => {
    const options = ["--inspect", "--inspect-brk=127.0.0.1:0", "--inspect-port", "9230", "--inspect-wait", "-C", "x"];
    assert.deepEqual(childOptions(options), ["-C", "x"]);
  });

  test("are without a program on the command line, however that was given", () => {
    for (const given of [
      ["-e", "1"],
      ["--eval=1"],
      ["--eval", "1"],
      ["-p", "-e", "1"],
      ["-pe", "1"],
      ["--print", "1"],
    ]) {
      assert.deepEqual(childOptions(["--no-warnings", ...given, "-C", "x"]), ["--no-warnings", "-C", "x"]);
    }
    assert.deepEqual(childOptions(["--input-type=module", "--input-type", "module", "--eval=1", "-i"]), []);
  });

  test("are without the test runner and the watcher", () => {
    assert.deepEqual(childOptions(["--test", "--test-isolation=none", "--watch", "--watch-path", "src"]), []);
  });
});
