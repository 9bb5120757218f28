import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { Program } from "../process/program.ts";
import { command, path } from "./support.ts";

const site = path("./applications/site.ts");

/** What `anqa routes` prints, its places shortened to their files. */
async function routes(t: TestContext, ...words: readonly string[]): Promise<{ code: number | string; output: string }> {
  const program = new Program(t, [command, "routes", ...words]);
  const code = await program.ended;
  return { code, output: program.output.replaceAll(/(?:\S*\/)?([\w-]+\.ts):\d+/g, "$1") };
}

suite("anqa routes", () => {
  test("prints the routes of all endpoints, in aligned columns, and starts nothing", async (t) => {
    const { code, output } = await routes(t, site);
    assert.equal(
      output,
      `
name            method  path         target        pipelines                 declared at
home            GET     /            home          browser                   site.ts
posts.index     GET     /posts       index         browser                   site.ts
posts.show      GET     /posts/:id   show          browser                   site.ts
posts.update    PATCH   /posts/:id   update        browser                   site.ts
posts.update    PUT     /posts/:id   update        browser                   site.ts
chat            GET     /chat/:room  live chat     browser users             site.ts
dashboard.home  GET     /dashboard   (a function)  browser /dashboard:inner  site.ts
                *       /api/*       fetch                                   site.ts
status          GET     //status.*/  home                                    site.ts

name  method  path    target        pipelines  declared at
      POST    /inner  (a function)             site.ts
`.slice(1),
    );
    assert.equal(code, 0);
  });

  test("tells where each is declared, from the folder it is in", async (t) => {
    const program = new Program(t, [command, "routes", site, "chat"]);
    assert.equal(await program.ended, 0);
    const [, line] = program.output.split("\n");
    assert.match(line ?? "", / {2}test\/cli\/applications\/site\.ts:\d+$/);
  });

  test("prints those alone whose line has the filter in it", async (t) => {
    const { code, output } = await routes(t, site, "POSTS.u");
    assert.equal(
      output,
      `
name          method  path        target  pipelines  declared at
posts.update  PATCH   /posts/:id  update  browser    site.ts
posts.update  PUT     /posts/:id  update  browser    site.ts
`.slice(1),
    );
    assert.equal(code, 0);
    assert.deepEqual(await routes(t, site, "nothing has this"), { code: 0, output: "" });
  });

  test("prints the routers that a file exports, if it exports no application", async (t) => {
    const { code, output } = await routes(t, path("./applications/router.ts"));
    assert.match(output, /^name {2}method .*\nhome {2}GET /);
    assert.equal(code, 0);
  });

  test("takes the application of the folder, where no file is named", async (t) => {
    const { code, output } = await routes(t, "home");
    assert.deepEqual([code, output.split("\n").length], [1, 2]);
    assert.match(output, /^anqa routes: there is no app\.ts or app\.js in .*\. See anqa routes --help\.\n$/);
  });

  test("shows what is wrong with a router", async (t) => {
    const { code, output } = await routes(t, path("./applications/wrong-routes.ts"));
    assert.equal(code, 1);
    assert.match(
      output,
      /^anqa routes: the router at wrong-routes\.ts cannot serve:\n {2}- routes\.lost \(\/lost\) is served by nobody/,
    );
  });

  test("says that a file has no application", async (t) => {
    const { code, output } = await routes(t, path("./applications/no-application.ts"));
    assert.equal(code, 71);
    assert.match(
      output,
      /^anqa routes: .*no-application\.ts exports no application with an endpoint, and no router\. It should end with: export default/,
    );
  });

  test("shows the error of a file that cannot be loaded", async (t) => {
    const { code, output } = await routes(t, path("./applications/unloadable.ts"));
    assert.equal(code, 71);
    assert.match(output, /^anqa routes: .* could not be loaded\nError: there is no SECRET in the environment\n {4}at /);
  });

  test("says which file it did not find, and what it does not understand", async (t) => {
    assert.match((await routes(t, "nothing.ts")).output, /^anqa routes: there is no nothing\.ts in /);
    const { code, output } = await routes(t, site, "a", "b");
    assert.deepEqual([code, output], [1, 'anqa routes: one filter is enough: what is "b"? See anqa routes --help.\n']);
  });

  test("explains itself", async (t) => {
    const { code, output } = await routes(t, "--help");
    assert.equal(code, 0);
    assert.match(output, /^anqa routes \[file\] \[filter\]\n/);
  });
});
