import assert from "node:assert/strict";
import { test } from "node:test";
import { type Server, useGuide, Visitor } from "./support.ts";

const guide = useGuide("plugs");
const picture = new Uint8Array(20_000).fill(7);

/** Somebody who came in by a link. */
async function member(server: Server, email = "ann@example.org"): Promise<Visitor> {
  const visitor = new Visitor(server);
  await visitor.get(await loginLink(visitor, email));
  await visitor.follow();
  return visitor;
}

async function loginLink(visitor: Visitor, email = "ann@example.org"): Promise<string> {
  await visitor.get("/login");
  await visitor.post("/login", { email, _csrf_token: visitor.formToken });
  return visitor.body;
}

/** Uploads a picture by the form that the visitor sees. */
async function upload(visitor: Visitor, title: string, bytes = picture): Promise<Response> {
  const form = new FormData();
  form.set("_csrf_token", visitor.formToken);
  form.set("title", title);
  form.set("file", new File([bytes], "../../a picture.png", { type: "image/png" }));
  return ask(visitor, "/pictures", { method: "POST", body: form });
}

function ask(visitor: Visitor, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { cookie: visitor.cookieHeader, ...(init.headers as Record<string, string>) };
  return fetch(visitor.server.url + path, { redirect: "manual", ...init, headers });
}

test("the plugs, tried out alone, say what the guide shows", async (t) => {
  for (const file of guide.programs) assert.equal(await guide.run(t, file), guide.output(`node ${file}`));
});

test("a login link leads in, and leaving leads out", async (t) => {
  const server = await guide.serve(t);
  const visitor = new Visitor(server);
  await visitor.get("/");
  assert.deepEqual([visitor.status, visitor.location], [302, "/login"]);

  await visitor.get(await loginLink(visitor));
  await visitor.follow();
  assert.match(visitor.body, /<p>ann@example.org is here.<\/p>/);

  await visitor.post("/logout", { _csrf_token: visitor.formToken });
  await visitor.get("/");
  assert.equal(visitor.location, "/login");
});

test("a link that was tampered with does not verify", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  const link = await loginLink(visitor);
  await visitor.get(`${link.slice(0, -3)}AAA`);

  assert.equal(visitor.status, 403);
});

test("session and cookie are encrypted, and end when the guide says", async (t) => {
  const server = await guide.serve(t);
  const { headers } = await fetch(`${server.url}/login`);
  assert.match(headers.get("set-cookie") ?? "", /^_album=.*; Max-Age=1209600; .*HttpOnly; .*SameSite=Lax/i);

  const visitor = await member(server);
  for (const value of visitor.cookies.values()) {
    assert.doesNotMatch(Buffer.from(value, "base64url").toString("latin1"), /ann@example/);
  }
});

test("a form without its token is refused, and the log says why", async (t) => {
  const server = await guide.serve(t);
  const visitor = new Visitor(server);
  await visitor.get("/login");
  await visitor.post("/login", { email: "ann@example.org" });

  assert.equal(visitor.status, 403);
  await server.program.prints(/POST \/login from \S+ was refused as a possible forgery: no CSRF token came with it/);
});

test("a picture is uploaded, listed, shown in parts, and downloaded by its title", async (t) => {
  const visitor = await member(await guide.serve(t));
  assert.equal((await upload(visitor, "Sea/side")).status, 302);
  await visitor.get("/");
  const [, path = ""] = /href="(\/pictures\/[\w-]+)"/.exec(visitor.body) ?? [];

  const shown = await ask(visitor, path);
  assert.equal(shown.headers.get("content-type"), "image/png");
  assert.deepEqual(new Uint8Array(await shown.arrayBuffer()), picture);
  const part = await ask(visitor, path, { headers: { range: "bytes=0-9" } });
  assert.deepEqual([part.status, part.headers.get("content-range")], [206, "bytes 0-9/20000"]);
  const known = await ask(visitor, path, { headers: { "if-none-match": shown.headers.get("etag") as string } });
  assert.equal(known.status, 304);

  const saved = await ask(visitor, `${path}/download`);
  assert.equal(saved.headers.get("content-disposition"), 'attachment; filename="Sea_side.png"');
  assert.equal(await (await ask(visitor, "/pictures.csv")).text(), `${path.slice(10)},"Sea/side",ann@example.org\r\n`);
});

test("a picture is deleted by a form, and by who uploaded it only", async (t) => {
  const server = await guide.serve(t);
  const visitor = await member(server);
  await upload(visitor, "Sea");
  await visitor.get("/");
  const [, path = ""] = /href="(\/pictures\/[\w-]+)"/.exec(visitor.body) ?? [];

  const other = await member(server, "bob@example.org");
  await other.post(path, { _method: "delete", _csrf_token: other.formToken });
  assert.equal(other.status, 403);
  await visitor.post(path, { _method: "delete" });
  assert.equal(visitor.status, 403);
  await visitor.get("/");
  await visitor.post(path, { _method: "delete", _csrf_token: visitor.formToken });
  assert.equal(visitor.status, 302);
  assert.equal((await ask(visitor, path)).status, 404);
});

test("params are checked, files limited, and paths lead nowhere else", async (t) => {
  const visitor = await member(await guide.serve(t));

  assert.equal((await upload(visitor, "")).status, 422);
  assert.equal((await upload(visitor, "Sea", new Uint8Array(5_000_001))).status, 413);
  assert.equal((await ask(visitor, "/pictures/..%2f..%2fapp")).status, 404);
  assert.equal((await ask(visitor, "/pictures/nothing/download")).status, 404);
});

test("news arrive while they happen", async (t) => {
  const visitor = await member(await guide.serve(t));
  const news = await ask(visitor, "/news");
  assert.equal(news.headers.get("content-type"), "text/event-stream");
  await upload(visitor, "Hills");

  let text = "";
  for await (const chunk of news.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes("\n\n")) break;
  }
  assert.match(text, /^event: picture\ndata: \{"id":"[\w-]+","title":"Hills"\}\n\n/);
});

test("the plugs in the pipeline do what the guide says", async (t) => {
  const { url } = await guide.serve(t);
  const { headers } = await fetch(`${url}/login`);
  assert.match(headers.get("server-timing") ?? "", /^app;dur=[\d.]+$/);
  assert.match(headers.get("x-request-id") ?? "", /^\S{20}$/);
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal((await fetch(`${url}/login`, { headers: { accept: "application/json" } })).status, 406);

  const missing = await fetch(`${url}/nothing`);
  assert.deepEqual([missing.status, missing.headers.has("x-request-id")], [404, true]);

  const closed = await guide.serve(t, "app.ts", { CLOSED: "true" });
  const answer = await fetch(`${closed.url}/login`);
  assert.deepEqual([answer.status, answer.headers.get("retry-after"), await answer.text()], [503, "300", "Back soon."]);
});

test("it stops while somebody listens to news", async (t) => {
  const server = await guide.serve(t);
  const news = await ask(await member(server), "/news");

  assert.equal(await server.program.stop(), 0);
  assert.equal(await news.text(), "");
});
