import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, describe, it, test } from "node:test";
import { promisify } from "node:util";
import { text } from "../../src/controller/index.ts";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { application, type RunningApplication } from "../../src/process/index.ts";
import { router } from "../../src/router/index.ts";
import { conn, get, startApplication, textResponse } from "../../src/testing/index.ts";

const served = router().scope({ through: [] }, (scope) => scope.get("/", (answering) => text(answering, "hello")));
const shop = application({ children: [endpoint({ router: served })] });

describe("startApplication()", () => {
  it("starts it in the environment test, on a port of its own, as often as one likes", async (t) => {
    const [one, other] = await Promise.all([startApplication(t, shop), startApplication(t, shop)]);
    const endpoints = [endpointOf(one.node), endpointOf(other.node)];
    for (const { config, address, url } of endpoints) {
      assert.equal(config.environment, "test");
      assert.ok(address.port > 0);
      assert.equal(await (await fetch(url)).text(), "hello");
    }
    assert.equal(textResponse(await get(conn(one), "/"), 200), "hello");
  });

  it("stops it when the test is over", async (t) => {
    let running: RunningApplication | undefined;
    await t.test("a test", async (inner) => {
      running = await startApplication(inner, shop);
    });
    assert.equal(await running?.ended, undefined);
  });

  it("takes the context of other runners", async () => {
    const finished: (() => Promise<void>)[] = [];
    const running = await startApplication({ onTestFinished: (work) => finished.push(work) }, shop, {
      nodeName: "own",
    });
    assert.equal(running.node.name, "own");
    for (const work of finished) await work();
    assert.equal(await running.ended, undefined);
  });

  it("rejects with what keeps it from starting", async (t) => {
    const broken = application({ children: [endpoint({ router: served, url: "nonsense" })] });
    await assert.rejects(startApplication(t, broken), /option url/);
  });
});

const once = await startApplication({ after }, shop);

test("one application may serve all tests of a file", async () => {
  assert.equal(textResponse(await get(conn(once), "/"), 200), "hello");
});

test("nothing keeps a program alive that has no test runner, and nothing is logged", async () => {
  const program = `
    import { text } from "../../src/controller/index.ts";
    import { endpoint } from "../../src/endpoint/index.ts";
    import { application } from "../../src/process/index.ts";
    import { router } from "../../src/router/index.ts";
    import { conn, get, htmlResponse, startApplication } from "../../src/testing/index.ts";
    const work = [];
    const served = router().scope({ through: [] }, (scope) => scope.get("/", (conn) => text(conn, "hello")));
    for (const target of [served, await startApplication({ after: (stop) => work.push(stop) }, application({ children: [endpoint({ router: served })] }))]) {
      try { htmlResponse(await get(conn(target), "/"), 200); } catch (error) { console.log(error.code); }
    }
    for (const stop of work) await stop();`;
  const { NODE_TEST_CONTEXT: _context, NODE_ENV: _environment, PORT: _port, ...env } = process.env;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--conditions=anqa-source", "--input-type=module", "--eval", program],
    { cwd: import.meta.dirname, env },
  );
  assert.deepEqual([stdout, stderr], ["ERR_ASSERTION\nERR_ASSERTION\n", ""]);
});
