import assert from "node:assert/strict";
import { test } from "node:test";
import { useGuide, Visitor } from "./support.ts";

const guide = useGuide("plugs-and-sessions");

async function loginLink(visitor: Visitor): Promise<string> {
  await visitor.get("/login");
  await visitor.post("/login", { email: "ann@example.org", _csrf_token: visitor.formToken });
  return visitor.body;
}

test("a login link leads in, and leaving leads out", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  await visitor.get("/");
  assert.deepEqual([visitor.status, visitor.location], [302, "/login"]);

  await visitor.get(await loginLink(visitor));
  await visitor.follow();
  assert.match(visitor.body, /<h1>Hello, ann@example.org<\/h1>/);

  await visitor.get("/login");
  await visitor.post("/logout", { _csrf_token: visitor.formToken });
  await visitor.get("/");
  assert.equal(visitor.location, "/login");
});

test("a form without its token is refused, and the log says why", async (t) => {
  const server = await guide.serve(t);
  const visitor = new Visitor(server);
  await visitor.get("/login");
  await visitor.post("/login", { email: "ann@example.org" });

  assert.equal(visitor.status, 403);
  await server.program.prints(/POST \/login from \S+ was refused as a possible forgery: no CSRF token came with it/);
});

test("a link that was tampered with does not verify", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  const link = await loginLink(visitor);
  await visitor.get(`${link.slice(0, -3)}AAA`);

  assert.equal(visitor.status, 403);
});

test("the cookie and the headers are what the text says", async (t) => {
  const { url } = await guide.serve(t);
  const { headers } = await fetch(`${url}/login`);

  assert.match(headers.get("set-cookie") ?? "", /^_members=.*; Max-Age=1209600; .*HttpOnly; .*SameSite=Lax/i);
  assert.match(
    headers.get("content-security-policy") ?? "",
    /^default-src 'self'; .*; font-src 'self' https:\/\/fonts/,
  );
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.match(headers.get("x-request-id") ?? "", /^\S{20}$/);
});
