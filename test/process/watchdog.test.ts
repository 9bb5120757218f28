import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createNode, describeExit, exitCodes, hasWatchdog, startWatchdog, watchdog } from "../../src/process/index.ts";
import { Program } from "./program.ts";

const program = fileURLToPath(new URL("./watchdog-program.ts", import.meta.url));

/** A path at which there is nothing yet. */
function flag(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "anqa-watchdog-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "flag");
}

function stalls(output: string): { milliseconds: number; process?: string; stack?: string }[] {
  return [...output.matchAll(/^stall (.*)$/gm)].map(([, json]) => JSON.parse(json as string));
}

function reports(output: string): number {
  return output.match(/^anqa watchdog: /gm)?.length ?? 0;
}

suite("a stall over the soft limit", () => {
  test("is reported once, at once, with process and stack, and as an event when it is over", async (t) => {
    const file = flag(t);
    const thinker = new Program(t, [program, "twice", file]);
    await thinker.says(/stood still for [\d.]+ s in thinker <anqa\.\d+>:\n {4}at (?:.*\n {4}at )*computeUntil \(file:/);
    assert.deepEqual(stalls(thinker.output), []);
    writeFileSync(`${file}1`, "");
    await thinker.says(/^stall /m);
    assert.equal(reports(thinker.output), 1);
    const [stall] = stalls(thinker.output);
    assert.match(stall?.process ?? "", /^thinker <anqa\.\d+>$/);
    assert.match(stall?.stack ?? "", /at computeUntil \(.*watchdog-program\.ts:\d+:\d+\)/);
    assert.ok((stall?.milliseconds ?? 0) >= 50);

    await thinker.says(/anqa watchdog: [\s\S]*anqa watchdog: /);
    writeFileSync(`${file}2`, "");
    assert.equal(await thinker.ended, 0);
    assert.equal(reports(thinker.output), 2);
    assert.equal(stalls(thinker.output).length, 2);
  });

  test("names what the application says is running", async (t) => {
    const file = flag(t);
    const thinker = new Program(t, [program, "described", file]);
    await thinker.says(/stood still for [\d.]+ s in the third page:\n/);
    writeFileSync(file, "");
    assert.equal(await thinker.ended, 0);
  });

  test("shows the innermost calls of a deep recursion, and how many there are besides", async (t) => {
    const file = flag(t);
    const diver = new Program(t, [program, "deep", file]);
    const [report] = await diver.says(/stood still for [^\0]* more\n/);
    assert.equal(report.match(/^ {4}at /gm)?.length, 30);
    assert.match(report, /^ {4}and \d+ more$/m);
    writeFileSync(file, "");
    assert.equal(await diver.ended, 0);
  });

  test("is reported without a place when the thread is in native code, and the program goes on", async (t) => {
    const reader = new Program(t, [program, "native"]);
    await reader.says(/stood still for [\d.]+ s, in native code\n/);
    reader.child.stdin?.end("\n");
    assert.equal(await reader.ended, 0);
    assert.deepEqual(stalls(reader.output)[0]?.stack, undefined);
  });
});

suite("a stall over the hard limit", () => {
  test("ends the program with a code that has a name, and runs nothing of it any more", async (t) => {
    const thinker = new Program(t, [program, "for ever"]);
    assert.equal(await thinker.ended, exitCodes.eventLoopBlocked);
    const [said] = await thinker.says(
      /stood still for [\d.]+ s: ends this process with code 70:\n {4}at .*program\.ts/,
    );
    assert.ok(said);
    assert.doesNotMatch(thinker.output, /exit handlers have run|debugger/);
    assert.equal(describeExit(70, null), "watchdog: event loop blocked (code 70)");
  });

  test("kills a program that is in native code", async (t) => {
    const reader = new Program(t, [program, "native for ever"]);
    assert.equal(await reader.ended, "SIGKILL");
    assert.match(reader.output, /: kills this process, in native code\n$/);
  });
});

suite("a watchdog", () => {
  test("does not keep a program alive", async (t) => {
    assert.equal(await new Program(t, [program, "idle"]).ended, 0);
  });

  test("does nothing while a debugger can be attached", async (t) => {
    const debugged = new Program(t, ["--inspect=127.0.0.1:0", program, "debugged"]);
    assert.equal(await debugged.ended, 0);
    assert.equal(reports(debugged.output), 0);
  });

  test("ends with its application", async (t) => {
    const stopped = new Program(t, [program, "stopped"]);
    assert.equal(await stopped.ended, 0);
    assert.equal(reports(stopped.output), 0);
  });

  test("is found on the node that has one", async () => {
    const node = createNode();
    assert.equal(hasWatchdog(node), false);
    const process = await watchdog().start(node);
    await process.started();
    assert.equal(hasWatchdog(node), true);
    process.exit("shutdown");
    assert.equal(hasWatchdog(node), false);
  });

  test("refuses limits that make no sense", () => {
    assert.throws(() => startWatchdog({ softLimit: 1_000, hardLimit: 500 }), /softLimit 1000 and hardLimit 500: /);
    assert.throws(() => startWatchdog({ softLimit: 0 }), /softLimit 0 and hardLimit 30000: /);
  });
});
