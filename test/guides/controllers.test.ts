import assert from "node:assert/strict";
import { test } from "node:test";
import { useGuide, Visitor } from "./support.ts";

const guide = useGuide("controllers");
const asJson = { headers: { accept: "application/json" } };

test("a note is written, and the page after the redirect says so once", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  await visitor.get("/notes");
  await visitor.post("/notes", { text: "Call Bob", _csrf_token: visitor.formToken });

  assert.deepEqual([visitor.status, visitor.location], [302, "/notes/2"]);
  await visitor.follow();
  assert.match(visitor.body, /<title>Call Bob<\/title>[\s\S]*<p class="info">Noted.<\/p>/);
  await visitor.get("/notes/2");
  assert.doesNotMatch(visitor.body, /Noted/);
});

test("an empty note is refused in words", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  await visitor.get("/notes");
  await visitor.post("/notes", { text: " ", _csrf_token: visitor.formToken });
  await visitor.follow();

  assert.match(visitor.body, /<p class="error">A note has between 1 and 200 characters.<\/p>/);
});

test("the same action answers with JSON", async (t) => {
  const { url } = await guide.serve(t);

  assert.equal(await (await fetch(`${url}/notes/1`, asJson)).text(), '{"id":1,"text":"Buy tea"}');
});

test("an error is answered with its status; in production with nothing else", async (t) => {
  const development = await guide.serve(t);
  const page = await fetch(`${development.url}/notes/99`);
  assert.equal(page.status, 404);
  assert.match(await page.text(), /there is no note 99/);

  const production = await guide.serve(t, "app.ts", { NODE_ENV: "production", SECRET_KEY_BASE: "x".repeat(64) });
  const answer = await fetch(`${production.url}/notes/99`, asJson);
  assert.deepEqual([answer.status, await answer.text()], [404, '{"errors":{"detail":"Not Found"}}']);
});
