import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { type Server, useGuide, Visitor } from "./support.ts";

const guide = useGuide("security");
const password = "correct horse battery";
const admin = `Basic ${Buffer.from("admin:let me in").toString("base64")}`;
const variables = { ADMIN_PASSWORD: "let me in" };

type Headers = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends a request with whatever headers, as browsers cannot be made to. */
async function send(server: Server, path: string, headers: Headers = {}, body?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const form: Headers = body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
  const sent = request(server.url + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...form, ...headers },
    agent: false,
  });
  sent.on("error", reject).on("response", async (response) => {
    const chunks = await Array.fromAsync(response as AsyncIterable<Buffer>);
    resolve({
      status: response.statusCode as number,
      headers: response.headers,
      body: Buffer.concat(chunks).toString(),
    });
  });
  sent.end(body);
  return promise;
}

/** The operator's page is reached by password, and its form keeps a session of its own. */
async function invitation(server: Server, email: string): Promise<string> {
  const page = await send(server, "/admin", { authorization: admin });
  const [cookie = ""] = (page.headers["set-cookie"] ?? [""]) as string[];
  const [, token = ""] = /name="_csrf_token" value="([^"]+)"/.exec(page.body) ?? [];
  const form = new URLSearchParams({ email, _csrf_token: token }).toString();
  const invited = await send(server, "/admin", { authorization: admin, cookie: cookie.split(";")[0] as string }, form);
  return /<code>([^<]+)<\/code>/.exec(invited.body)?.[1] ?? assert.fail(`${invited.status} ${invited.body}`);
}

async function join(visitor: Visitor, link: string, name: string): Promise<Visitor> {
  await visitor.get(link);
  return visitor.post(link, { name, password, _csrf_token: visitor.formToken });
}

async function logIn(visitor: Visitor, email: string, typed = password, returnTo = ""): Promise<Visitor> {
  await visitor.get(`/login${returnTo === "" ? "" : `?${new URLSearchParams({ return_to: returnTo })}`}`);
  return visitor.post("/login", { email, password: typed, return_to: returnTo, _csrf_token: visitor.formToken });
}

/** A server with one member, Ann. */
async function serve(t: Parameters<typeof guide.serve>[0], more: Headers = {}): Promise<Server> {
  const server = await guide.serve(t, "app.ts", { ...variables, ...more });
  await join(new Visitor(server), await invitation(server, "ann@example.org"), "Ann");
  return server;
}

test("who is invited joins, logs in, comes where they wanted, and leaves", async (t) => {
  const visitor = new Visitor(await serve(t));
  await visitor.get("/?page=2");
  assert.deepEqual([visitor.status, visitor.location], [302, "/login?return_to=%2F%3Fpage%3D2"]);

  await logIn(visitor, "ann@example.org", password, "/?page=2");
  assert.deepEqual([visitor.status, visitor.location], [302, "/?page=2"]);
  assert.match((await visitor.get("/")).body, /<h1>Hello, Ann<\/h1>/);
  await visitor.post("/logout", { _csrf_token: visitor.formToken });
  assert.equal((await visitor.get("/")).status, 302);
});

test("it does not start without a password for the operator", async (t) => {
  const program = guide.start(t, "app.ts");
  assert.equal(await program.exitCode, 1);
  assert.match(program.printed, /basicAuth\(\): the password is empty/);
});

test("hostile: a page of another site, even with a token", async (t) => {
  const server = await serve(t);
  const visitor = await new Visitor(server).get("/login");
  const form = new URLSearchParams({ email: "ann@example.org", password, _csrf_token: visitor.formToken }).toString();
  const cookie = visitor.cookieHeader;

  for (const headers of [{ origin: "https://elsewhere.example" }, { "sec-fetch-site": "cross-site" }]) {
    assert.equal((await send(server, "/login", { ...headers, cookie } as Headers, form)).status, 403);
  }
  await server.program.prints(/refused as a possible forgery: a page of "https:\/\/elsewhere\.example" made it/);
  assert.equal((await send(server, "/login", { "sec-fetch-site": "same-origin", cookie }, form)).status, 302);
});

test("hostile: forms without a token, with a made-up one, and with that of another session", async (t) => {
  const server = await serve(t);
  const visitor = await new Visitor(server).get("/login");
  const other = await new Visitor(server).get("/login");
  const madeUp = Buffer.alloc(36, 7).toString("base64url");
  for (const token of ["", madeUp, `${visitor.formToken.slice(0, -1)}_`, other.formToken]) {
    const form = new URLSearchParams({ email: "ann@example.org", password, _csrf_token: token }).toString();
    const { status } = await send(server, "/login", { cookie: visitor.cookieHeader }, form);
    assert.equal(status, token === visitor.formToken ? 302 : 403, token);
  }
});

test("hostile: forged and used invitations", async (t) => {
  const server = await serve(t);
  const link = await invitation(server, "bob@example.org");
  const changed = link.replace(/.(?=\.)/, (letter) => (letter === "A" ? "B" : "A"));
  assert.equal((await send(server, changed)).status, 403);
  assert.equal((await send(server, `${link.slice(0, -4)}AAAA`)).status, 403);
  assert.equal((await send(server, link.slice(0, -10))).status, 403);

  assert.equal((await join(new Visitor(server), link, "Bob")).status, 302);
  assert.equal((await join(new Visitor(server), link, "Mallory")).status, 403);
});

test("hostile: a planted session, and one that was copied", async (t) => {
  const server = await serve(t);
  const attacker = await new Visitor(server).get("/login");
  const victim = new Visitor(server);
  for (const [name, value] of attacker.cookies) victim.cookies.set(name, value);
  await logIn(victim, "ann@example.org");
  assert.match((await victim.get("/")).body, /Hello, Ann/);
  assert.equal((await attacker.get("/")).status, 302);

  const copied = victim.cookieHeader;
  assert.equal((await send(server, "/", { cookie: copied })).status, 200);
  await victim.post("/logout", { _csrf_token: victim.formToken });
  assert.equal((await send(server, "/", { cookie: copied })).status, 302);
  assert.equal((await send(server, "/", { cookie: `members=${"A".repeat(43)}` })).status, 302);
});

test("hostile: guessing passwords, each address by itself", async (t) => {
  const server = await serve(t);
  const visitor = new Visitor(server);
  for (let guess = 1; guess <= 5; guess++) {
    assert.equal((await logIn(visitor, guess % 2 ? "ann@example.org" : "no@example.org", "guess")).status, 422);
    assert.match(visitor.body, /Wrong address or password/);
  }
  assert.equal((await logIn(visitor, "ann@example.org")).status, 429);
  await server.program.prints(/POST \/login was refused for \d+ s: "?127\.0\.0\.1"? is over the limit "login"/);

  const refused = await send(server, "/login", {}, "");
  assert.match(String(refused.headers["retry-after"]), /^\d+$/);
  // The last address in the list is the one that the trusted proxy saw; what stands before it is made up.
  const elsewhere = { "x-forwarded-for": "127.0.0.1, 203.0.113.7" };
  assert.equal((await send(server, "/login", elsewhere, "")).status, 403);
});

test("hostile: redirects to elsewhere", async (t) => {
  const server = await serve(t);
  const targets = ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "/\t/elsewhere.example"];
  for (const target of targets) {
    assert.deepEqual((await logIn(new Visitor(server), "ann@example.org", password, target)).location, "/", target);
  }
});

test("hostile: markup in a name, and a page without inline scripts but its own", async (t) => {
  const server = await serve(t);
  const visitor = new Visitor(server);
  await join(visitor, await invitation(server, "eve@example.org"), "<script>alert(1)</script>");
  await logIn(visitor, "eve@example.org");
  assert.match((await visitor.get("/")).body, /<h1>Hello, &lt;script&gt;alert\(1\)&lt;\/script&gt;<\/h1>/);

  const { headers, body } = await send(server, "/", { cookie: visitor.cookieHeader });
  const [, nonce = ""] = /<script nonce="?([\w-]+)"?>/.exec(body) ?? [];
  const policy = String(headers["content-security-policy"]);
  assert.match(policy, new RegExp(`script-src 'self' 'nonce-${nonce}'`));
  assert.match(policy, /img-src 'self' https:\/\/images\.example\.org;/);
  assert.equal(headers["x-frame-options"], "SAMEORIGIN");
  assert.equal(headers["cache-control"], "max-age=0, private, must-revalidate");
});

test("hostile: other hosts, and http where the site is https", async (t) => {
  const server = await serve(t);
  assert.equal((await send(server, "/login", { host: "elsewhere.example" })).status, 421);

  const program = guide.start(t, "app.ts", {
    ...variables,
    NODE_ENV: "production",
    SECRET_KEY_BASE: "x".repeat(64),
    PUBLIC_URL: "https://members.example.org",
  });
  const [, port] = await program.prints(/"addresses":\["http:\/\/[\d.]+:(\d+)"\]/);
  const behindProxy = { program, url: `http://127.0.0.1:${port}` };
  const asked = { host: "members.example.org" };
  const plain = await send(behindProxy, "/login?a=b", { ...asked, "x-forwarded-proto": "http" });
  assert.deepEqual([plain.status, plain.headers.location], [301, "https://members.example.org/login?a=b"]);
  assert.equal((await send(behindProxy, "/login", { host: "elsewhere.example" })).status, 421);

  const { status, headers } = await send(behindProxy, "/login", { ...asked, "x-forwarded-proto": "https" });
  assert.deepEqual([status, headers["strict-transport-security"]], [200, "max-age=31536000"]);
  assert.match(String(headers["set-cookie"]), /^__Host-members=.*; Secure/);
});

test("hostile: the operator's page without the password, and with wrong ones", async (t) => {
  const server = await serve(t);
  const asked = await send(server, "/admin");
  assert.equal(asked.status, 401);
  assert.match(String(asked.headers["www-authenticate"]), /^Basic realm="Invitations"/);

  const wrong = { authorization: `Basic ${Buffer.from("admin:guess").toString("base64")}` };
  let status: number = asked.status;
  for (let attempt = 0; attempt < 20 && status === 401; attempt++) ({ status } = await send(server, "/admin", wrong));
  assert.equal(status, 429);
  await server.program.prints(/GET \/admin from \S+ was refused: wrong name or password/);
});

test("hostile: a form that is too large", async (t) => {
  const server = await serve(t);
  assert.equal((await send(server, "/login", {}, "a".repeat(10_001))).status, 413);
});

test("scripts of the one origin that is listed read the API, others do not", async (t) => {
  const server = await serve(t);
  const listed = await send(server, "/api/health", { origin: "https://status.example.org" });
  assert.equal(listed.headers["access-control-allow-origin"], "https://status.example.org");
  const other = await send(server, "/api/health", { origin: "https://elsewhere.example" });
  assert.equal(other.headers["access-control-allow-origin"], undefined);
});

test("production tells nothing, and logs no passwords", async (t) => {
  const server = await serve(t, { NODE_ENV: "production", SECRET_KEY_BASE: "x".repeat(64), LOG: "debug" });
  await logIn(new Visitor(server), "ann@example.org");
  const { body } = await send(server, "/join/forged");
  assert.match(body, /<h1>403<\/h1><p>Forbidden<\/p>/);
  assert.doesNotMatch(body, /invitation/);

  await server.program.prints(/"path":"\/join\/forged"/);
  assert.match(server.program.printed, /\[FILTERED\]/);
  for (const secret of [password, "ann@example.org", "let me in"]) {
    assert.equal(server.program.printed.includes(secret), false, secret);
  }
});

test("what an old secret signed holds as long as the old secret is there", async (t) => {
  assert.equal(await guide.run(t, "rotation.ts"), guide.output("node rotation.ts"));

  const old = "an old secret of some forty characters, or so";
  const link = await invitation(
    await guide.serve(t, "app.ts", { ...variables, SECRET_KEY_BASE: old }),
    "cy@example.org",
  );
  const fresh = { ...variables, SECRET_KEY_BASE: "x".repeat(64) };
  const rotated = await guide.serve(t, "app.ts", { ...fresh, PREVIOUS_SECRET_KEY_BASE: old });
  assert.equal((await send(rotated, link)).status, 200);
  assert.equal((await send(await guide.serve(t, "app.ts", fresh), link)).status, 403);
});
