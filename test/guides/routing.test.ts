import assert from "node:assert/strict";
import { test } from "node:test";
import { useGuide } from "./support.ts";

const guide = useGuide("routing");

for (const file of ["links.ts", "broken.ts"]) {
  test(`${file} prints what the guide shows`, async (t) => {
    assert.equal(await guide.run(t, file), guide.output(`node ${file}`));
  });
}

test("requests are answered as the table says", async (t) => {
  const { url } = await guide.serve(t);
  const body = async (path: string) => (await fetch(url + path)).text();

  assert.equal(await body("/rooms/tea%20%26%20cake"), "room tea & cake");
  assert.equal(await body("/rooms/lobby/"), "room lobby");
  assert.equal(await body("/files/2026/plan.pdf"), "file 2026/plan.pdf");
  assert.equal(await body("/files"), "file ");
  assert.equal(await body("/api/health"), "fine");
  assert.equal((await fetch(`${url}/rooms/%zz`)).status, 400);
  assert.equal((await fetch(`${url}/api/rooms`, { headers: { accept: "text/html" } })).status, 406);
  assert.equal((await fetch(`${url}/admin`)).status, 403);
  assert.equal(await (await fetch(`${url}/admin`, { headers: { "x-admin": "yes" } })).text(), "secrets");
});

test("a path that nobody serves is told, and so is a method", async (t) => {
  const { url } = await guide.serve(t);

  const nowhere = await fetch(`${url}/api/room`);
  assert.equal(nowhere.status, 404);
  assert.match(await nowhere.text(), /\/api\/rooms/);
  const refused = await fetch(`${url}/api/rooms`, { method: "DELETE" });
  assert.deepEqual([refused.status, refused.headers.get("allow")], [405, "GET, HEAD, POST"]);
  assert.equal((await fetch(`${url}/api/rooms`, { method: "POST" })).status, 201);
});
