import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { Program } from "../process/program.ts";
import { command, freePort, path } from "./support.ts";

const page = path("./applications/page.ts");

async function startPage(t: TestContext): Promise<{ server: Program; url: string; pid: number }> {
  const port = await freePort();
  const server = new Program(t, [command, "server", page], { PORT: String(port) });
  const [, pid] = await server.says(/ready (\d+)/);
  return { server, url: `http://127.0.0.1:${port}`, pid: Number(pid) };
}

async function answer(url: string): Promise<string> {
  const response = await fetch(url, { headers: { connection: "close" } });
  return response.text();
}

suite("anqa server", () => {
  test("runs the application in a process of its own, with the options of its own", async (t) => {
    const { server, url, pid } = await startPage(t);
    assert.notEqual(pid, server.child.pid);
    assert.equal(await answer(url), `answered by ${pid}`);
  });

  test("starts the application again when it ends, and says why", async (t) => {
    const { server, url, pid } = await startPage(t);
    await assert.rejects(answer(`${url}/exit/5`));
    const [, next] = await server.says(/ready \d+[\s\S]*ready (\d+)/);
    assert.notEqual(Number(next), pid);
    assert.equal(await answer(url), `answered by ${next}`);
    assert.match(server.output, /^anqa server: the application ended after .* s: fatal error in V8 \(code 5\)\. /m);
  });

  test("starts it again when it is killed", async (t) => {
    const { server, url, pid } = await startPage(t);
    process.kill(pid, "SIGKILL");
    const [, next] = await server.says(/ready \d+[\s\S]*ready (\d+)/);
    assert.equal(await answer(url), `answered by ${next}`);
    assert.match(server.output, /killed, as the system does when memory runs out.*\(SIGKILL\)/);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`stops the application in order at ${signal}, and ends with code 0`, async (t) => {
      const { server, pid } = await startPage(t);
      server.child.kill(signal);
      assert.equal(await server.ended, 0);
      assert.match(server.output, /stopped in order/);
      assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    });
  }

  test("stops once when a terminal sends Ctrl-C to both processes", async (t) => {
    const { server, pid } = await startPage(t);
    process.kill(pid, "SIGINT");
    server.child.kill("SIGINT");
    assert.equal(await server.ended, 0);
    assert.equal(server.output.match(/stopped in order/g)?.length, 1);
  });

  test("ends an application that does not stop at a second signal, which is none of the same moment", async (t) => {
    const server = new Program(t, [command, "server", path("./applications/endless-stop.ts")]);
    const [, pid] = await server.says(/ready (\d+)/);
    server.child.kill("SIGTERM");
    await server.says(/is stopping/);
    const impatient = setInterval(() => server.child.kill("SIGTERM"), 50);
    t.after(() => clearInterval(impatient));
    assert.equal(await server.ended, 128 + 9);
    assert.throws(() => process.kill(Number(pid), 0), { code: "ESRCH" });
  });

  test("stops in order at a Ctrl-C that reaches everybody, and is passed on by npm", async (t) => {
    const { server, pid } = await startPage(t);
    for (const one of [pid, server.child.pid, server.child.pid]) process.kill(Number(one), "SIGINT");
    assert.equal(await server.ended, 0);
    assert.equal(server.output.match(/stopped in order/g)?.length, 1);
  });

  test("ends with the application when that ends of its own accord, and passes its code on", async (t) => {
    const { server, url } = await startPage(t);
    await assert.rejects(answer(`${url}/exit/0`));
    assert.equal(await server.ended, 0);
    assert.doesNotMatch(server.output, /anqa server:/);
  });

  test("takes the application with it when it is killed", async (t) => {
    const { server } = await startPage(t);
    server.child.kill("SIGKILL");
    assert.equal(await server.ended, "SIGKILL"); // told when nobody holds its output any more
    assert.match(server.output, /stopped in order/);
  });

  test("gives up when the application keeps ending", async (t) => {
    const server = new Program(t, [path("./small-limits.ts"), path("./applications/failing.ts")]);
    assert.equal(await server.ended, 1);
    assert.equal(server.output.match(/Starts it again in/g)?.length, 2);
    assert.match(
      server.output,
      /: watchdog: event loop blocked \(code 70\)\. That was its 3\. quick end in a row: gives up\n$/,
    );
  });

  test("does not start again what is no application", async (t) => {
    const file = path("./applications/no-application.ts");
    const server = new Program(t, [command, "server", file]);
    assert.equal(await server.ended, 71);
    assert.equal(
      server.output,
      `anqa server: ${file} exports no application. It should end with: export default application({ children: [...] })\n`,
    );
  });

  test("shows the error of a file that cannot be loaded", async (t) => {
    const server = new Program(t, [command, "server", path("./applications/unloadable.ts")]);
    assert.equal(await server.ended, 71);
    assert.match(
      server.output,
      /unloadable\.ts could not be loaded\nError: there is no SECRET in the environment\n {4}at /,
    );
  });
});
