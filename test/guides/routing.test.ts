import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { root } from "../house/project-files.ts";
import { useGuide, Visitor } from "./support.ts";

const guide = useGuide("routing");

for (const file of ["links.ts", "broken.ts"]) {
  test(`${file} prints what the guide shows`, async (t) => {
    assert.equal(await guide.run(t, file), guide.output(`node ${file}`));
  });
}

test("anqa routes prints the table that the guide shows", () => {
  const words = ["--conditions=anqa-source", `${root}src/cli/anqa.ts`, "routes", "router.ts", "posts"];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: guide.folder, encoding: "utf8" });
  assert.equal(stdout, guide.output("anqa routes router.ts posts"), stderr);
});

test("requests are answered as the table says", async (t) => {
  const { url } = await guide.serve(t);
  const body = async (path: string, headers = {}) => (await fetch(url + path, { headers })).text();

  assert.equal(await body("/posts/1"), "Hello");
  assert.equal(await body("/posts/1/"), "Hello");
  assert.equal(await body("/posts/1/comments/2"), "comment 2 on post 1");
  assert.equal(await body("/files/2026/plan%20b.pdf"), "file 2026/plan b.pdf");
  assert.equal(await body("/files"), "file ");
  assert.equal(await body("/admin/health", { "x-admin": "yes" }), "fine");
  assert.equal(await body("/admin", { "x-admin": "yes" }), "admin");
  assert.equal((await fetch(`${url}/admin`)).status, 403);
  assert.equal((await fetch(`${url}/posts/%zz`)).status, 400);
  assert.equal((await fetch(`${url}/posts`, { headers: { accept: "application/json" } })).status, 406);

  const refused = await fetch(`${url}/posts/1`, { method: "PUT" });
  assert.deepEqual([refused.status, refused.headers.get("allow")], [405, "DELETE, GET, HEAD, OPTIONS"]);
  const options = await fetch(`${url}/posts`, { method: "OPTIONS" });
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS, POST"]);
  const nowhere = await fetch(`${url}/account/room/x`);
  assert.equal(nowhere.status, 404);
  assert.match(await nowhere.text(), /\/account\/rooms\/:room/);
});

test("those who are logged out are sent to log in, and those who are logged in post", async (t) => {
  const visitor = new Visitor(await guide.serve(t));

  await visitor.get("/posts/new");
  assert.deepEqual([visitor.status, visitor.location], [302, "/log-in"]);
  await visitor.follow();
  await visitor.post("/log-in", { _csrf_token: visitor.formToken, name: "Ann" });
  await visitor.follow();
  assert.match(visitor.body, /<h1>Hello Ann<\/h1>/);

  await visitor.get("/posts/new");
  assert.match(visitor.body, /<button>Post as Ann<\/button>/);
  const token = visitor.formToken;
  await visitor.post("/posts", { _csrf_token: token, title: "x" });
  assert.equal(visitor.status, 422);
  await visitor.post("/posts", { _csrf_token: token, title: "  Tea  " });
  await visitor.follow();
  assert.equal(visitor.body, "Tea, by Ann");
});

test("what lies below /api is forwarded", async (t) => {
  const { url } = await guide.serve(t);
  const answer = await fetch(`${url}/api/v1/teas?kind=green`, { method: "POST", body: "{}" });
  assert.deepEqual(await answer.json(), { pathname: "/v1/teas", asked: "/api/v1/teas", body: "{}" });
});
