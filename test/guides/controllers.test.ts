import assert from "node:assert/strict";
import { test } from "node:test";
import { useGuide, Visitor } from "./support.ts";

const guide = useGuide("controllers");
const as = (type: string) => ({ headers: { accept: type } });
const production = { NODE_ENV: "production", SECRET_KEY_BASE: "x".repeat(64) };
const posted = (value: unknown) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

test("a note is written, and the page after the redirect says so once", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  await visitor.get("/notes");
  await visitor.post("/notes", { text: "Call Bob", _csrf_token: visitor.formToken });

  assert.deepEqual([visitor.status, visitor.location], [302, "/notes/2"]);
  await visitor.follow();
  assert.match(
    visitor.body,
    /<title>Call Bob<\/title>[\s\S]*<nav>[\s\S]*<p class="info">Noted.<\/p>[\s\S]*<p>Call Bob/,
  );
  await visitor.get("/notes/2");
  assert.doesNotMatch(visitor.body, /Noted/);
});

test("a note that cannot be taken is shown again, with the reason", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  await visitor.get("/notes");
  await visitor.post("/notes", { text: " ", _csrf_token: visitor.formToken });

  assert.equal(visitor.status, 422);
  assert.match(visitor.body, /value=" "[^>]*> <strong>Write something.<\/strong>/);
});

test("the same actions answer in several formats", async (t) => {
  const { url } = await guide.serve(t);

  assert.equal(await (await fetch(`${url}/notes/1`, as("application/json"))).text(), '{"id":1,"text":"Buy tea"}');
  const table = await fetch(`${url}/notes`, as("text/csv"));
  assert.equal(table.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.equal(await table.text(), '1,"Buy tea"\r\n');
  assert.equal((await fetch(`${url}/notes/1`, as("text/csv"))).status, 406);
});

test("what an action gives back is answered by the fallback", async (t) => {
  const { url } = await guide.serve(t);
  const missing = await fetch(`${url}/notes/99`, as("application/json"));
  assert.deepEqual([missing.status, await missing.text()], [404, '{"error":"not_found"}']);
  assert.match(
    await (await fetch(`${url}/notes/99`)).text(),
    /<main>\s*<h1>Sorry<\/h1><p>The note is not found\.<\/p>/,
  );
});

test("a schema lets in what it takes, and tells the fields that it does not take", async (t) => {
  const { url } = await guide.serve(t, "app.ts", production);
  const made = await fetch(`${url}/api/notes`, posted({ text: " Call Bob " }));
  assert.deepEqual([made.status, await made.text()], [201, '{"id":2,"text":"Call Bob"}']);

  const refused = await fetch(`${url}/api/notes`, posted({ text: "" }));
  assert.equal(refused.headers.get("content-type"), "application/problem+json");
  assert.deepEqual(await refused.json(), {
    type: "about:blank",
    status: 422,
    title: "Unprocessable Entity",
    errors: { text: ["Write something."] },
  });
});

test("a redirect stays on the site", async (t) => {
  const { url } = await guide.serve(t);
  const target = async (to: string) => {
    const answer = await fetch(`${url}/login?return_to=${encodeURIComponent(to)}`, { redirect: "manual" });
    return answer.headers.get("location");
  };
  assert.equal(await target("/notes/1"), "/notes/1");
  assert.equal(await target("//evil.example"), "/notes");
});

test("files, streams and events are sent", async (t) => {
  const { url } = await guide.serve(t);
  const backup = await fetch(`${url}/backup`);
  assert.match(backup.headers.get("content-disposition") ?? "", /^attachment; filename="?notes\.json/);
  assert.deepEqual(await backup.json(), [{ id: 1, text: "Buy tea" }]);
  assert.equal(await (await fetch(`${url}/journal`)).text(), '{"id":1,"text":"Buy tea"}\n');
  assert.match(await (await fetch(`${url}/source`)).text(), /^\/\/ file: notes\.ts/);

  const events = await fetch(`${url}/changes`);
  const { value } = (await events.body?.getReader().read()) ?? {};
  assert.match(Buffer.from(value ?? []).toString(), /event: count\ndata: 1\n/);
});

test("an error shows itself in development, and the application's own page in production", async (t) => {
  const development = await guide.serve(t);
  const page = await fetch(`${development.url}/nowhere`);
  assert.equal(page.status, 404);
  assert.match(await page.text(), /NoRouteError.*no route for GET \/nowhere/s);

  const { url } = await guide.serve(t, "app.ts", production);
  const own = await fetch(`${url}/nowhere`);
  assert.equal(own.status, 404);
  assert.match(await own.text(), /<h1>There is no such page\.<\/h1>/);
  const problem = await fetch(`${url}/nowhere`, as("application/json"));
  assert.deepEqual(await problem.json(), { type: "about:blank", status: 404, title: "Not Found" });
});
