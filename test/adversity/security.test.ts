/** What an attacker would try first, against a real server in production. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { joinRefused, liveView } from "../../src/live/index.ts";
import { exchange } from "../endpoint/support.ts";
import { Browser, record } from "../live/support.ts";
import { startTown, type Town, type TownOptions } from "./town.ts";

const stale = { status: "error", response: { reason: "stale" } };
const unauthorized = { status: "error", response: { reason: "unauthorized" } };

function inProduction(options: TownOptions = {}): TownOptions {
  return { ...options, endpoint: { environment: "production", ...options.endpoint } };
}

test("the page of one visitor cannot be joined with the session of another", async (t) => {
  const town = await startTown(t, inProduction());
  const refused = record(t, joinRefused);
  const victim = await new Browser(town).get("/members");
  const attacker = await new Browser(town).get("/");
  const client = await attacker.connect(t);
  const topic = `lv:${victim.id}`;
  client.sendText(
    JSON.stringify([
      "4",
      "4",
      topic,
      "phx_join",
      { url: `${town.url}/members`, params: {}, session: victim.session, static: victim.statics },
    ]),
  );

  assert.deepEqual((await client.next())[4], stale);
  assert.equal(refused[0]?.reason, "stale: its session token was made for another session");
});

test("a page of the same visitor in another tab can be joined over any of the visitor's sockets", async (t) => {
  const town = await startTown(t, inProduction());
  const browser = await new Browser(town).get("/");
  const { csrf } = browser;
  await browser.get("/");
  assert.equal((await (await browser.connect(t, csrf)).join()).status, "ok");
});

test("tokens that were changed, cut, or signed with another secret are stale", async (t) => {
  const town = await startTown(t, inProduction());
  const other = await startTown(t, inProduction({ endpoint: { secretKeyBase: "another secret that is long enough" } }));
  const elsewhere = await new Browser(other).get("/");
  const browser = await new Browser(town).get("/");
  const client = await browser.connect(t);
  const { session } = browser;
  const [payload = "", mac = ""] = session.split(".");
  const forged = Buffer.from(payload, "base64url").toString().replace("counter", "members");
  for (const token of [
    elsewhere.session,
    `${payload}.${mac.slice(0, -1)}`,
    `${payload}.`,
    payload,
    `${Buffer.from(forged).toString("base64url")}.${mac}`,
    `${mac}.${payload}`,
    `${session}.${mac}`,
    "",
    ".",
  ]) {
    assert.deepEqual(await client.join({ session: token }), stale, token);
  }
  assert.equal((await client.join()).status, "ok");
});

test("a topic that does not match its token is stale", async (t) => {
  const town = await startTown(t, inProduction());
  const browser = await new Browser(town).get("/");
  const client = await browser.connect(t);
  for (const topic of ["lv:phx-other", "lv:", `lv:${browser.id}x`, `lv:${browser.id.toUpperCase()}`]) {
    client.sendText(JSON.stringify(["4", "4", topic, "phx_join", client.joinPayload()]));
    assert.deepEqual((await client.next())[4], stale, topic);
  }
});

test("a live navigation cannot pass by the pipelines of its target", async (t) => {
  const town = await startTown(t, inProduction());
  const client = await (await new Browser(town).get("/")).connect(t);
  for (const redirect of ["/members", `${town.url}/members`, "http://elsewhere.example/members", "//x/members"]) {
    assert.deepEqual(await client.join({ url: undefined, redirect }), unauthorized, redirect);
  }
  assert.deepEqual(await client.join({ url: "data:/", redirect: undefined }), unauthorized);
  assert.equal((await client.join()).status, "ok");
  client.send("5", "live_patch", { url: `${town.url}/members` });
  assert.deepEqual((await client.next())[4], { status: "ok", response: { link_redirect: true } });
});

const markup = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;`;

test("markup in params and events stays text, in the page, in diffs and in titles", async (t) => {
  const town = await startTown(t, inProduction());
  const path = `/?page=${encodeURIComponent(markup)}`;
  const client = await new Browser(town).open(t, path);
  assert.doesNotMatch(client.browser.body, /<script>alert|<img/);
  const { diff } = (await client.event("write", { text: markup })).response;
  assert.doesNotMatch(JSON.stringify(diff), /<script|<img|\\">/);
});

test("a text that a route echoes is sent as plain text that browsers do not sniff", async (t) => {
  const town = await startTown(t, inProduction());
  const response = await fetch(`${town.url}/echo?said=${encodeURIComponent(markup)}`);
  assert.equal(await response.text(), markup);
  assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
});

const SecretiveLive = liveView("secretive").render(() => {
  throw new Error("the password is hunter2");
});

test("error pages of production say nothing but the status", async (t) => {
  const town = await startTown(t, inProduction({ views: { "/secretive": SecretiveLive } }));
  for (const [path, accept, status] of [
    ["/secretive", "text/html", 500],
    ["/secretive", "application/json", 500],
    ["/nowhere/<script>", "text/html", 404],
    ["/%zz", "text/html", 400],
    ["/?a=%zz", "text/html", 400],
  ] as const) {
    const response = await fetch(town.url + path, { headers: { accept } });
    const body = await response.text();
    assert.equal(response.status, status, path);
    assert.doesNotMatch(body, /hunter2|\.ts|at \w+ \(|node_modules|secretive|script/, path);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("x-powered-by"), null);
  }
});

test("a redirect cannot be made to split headers or to lead elsewhere", async (t) => {
  const town = await startTown(t, inProduction());
  for (const to of ["/a\r\nset-cookie: x=1", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil"]) {
    const response = await fetch(`${town.url}/go?to=${encodeURIComponent(to)}`, { redirect: "manual" });
    assert.deepEqual([response.status, response.headers.get("location")], [400, null], to);
    assert.deepEqual(response.headers.getSetCookie(), []);
  }
  const response = await fetch(`${town.url}/go?to=${encodeURIComponent("/ä b")}`, { redirect: "manual" });
  assert.equal(response.headers.get("location"), "/%C3%A4%20b");
});

/** A folder with one public file, beside a file that is not. */
function publicFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "town-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const inside = mkdtempSync(join(folder, "public-"));
  writeFileSync(join(inside, "open.txt"), "for everybody");
  writeFileSync(join(inside, ".env"), "private words");
  writeFileSync(join(folder, "closed.txt"), "private words");
  return inside;
}

test("static files cannot be left through the path", async (t) => {
  const town = await startTown(
    t,
    inProduction({ endpoint: { staticFiles: [{ at: "/files", from: publicFolder(t) }] } }),
  );
  const get = (path: string) => exchange(town.url, `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  assert.match(await get("/files/open.txt"), /for everybody$/);
  for (const path of [
    "/files/../closed.txt",
    "/files/%2e%2e/closed.txt",
    "/files/..%2fclosed.txt",
    "/files/..%5cclosed.txt",
    "/files/..\\closed.txt",
    "/files/%252e%252e/closed.txt",
    "/files//../closed.txt",
    "/files/.env",
    "/files/%2eenv",
    "/files/open.txt%00/../../closed.txt",
    "http://a/files/../closed.txt",
  ]) {
    const answer = await get(path);
    assert.match(answer, /^HTTP\/1\.1 40[04] /, path);
    assert.doesNotMatch(answer, /private words/, path);
  }
});

async function headersOf({ url }: Town, path = "/"): Promise<Headers> {
  return (await fetch(url + path)).headers;
}

test("pages with a session are kept by no shared cache, and their cookie is out of reach for scripts", async (t) => {
  const plain = await headersOf(await startTown(t, inProduction()));
  assert.equal(plain.get("cache-control"), "max-age=0, private, must-revalidate");
  assert.match(plain.getSetCookie()[0] ?? "", /; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.match(String(plain.get("content-security-policy")), /default-src 'self'/);
  assert.equal(plain.get("x-frame-options"), "SAMEORIGIN");

  const overHttps = await headersOf(await startTown(t, inProduction({ endpoint: { url: "https://town.example" } })));
  assert.match(overHttps.getSetCookie()[0] ?? "", /; Secure(;|$)/);
});

test("the cookie of the session does not hold a secret of the page's token in clear", async (t) => {
  const browser = await new Browser(await startTown(t, inProduction())).get("/");
  const content = Buffer.from(browser.session.split(".")[0] ?? "", "base64url").toString();
  const cookie = [...browser.cookies.values()][0] ?? "";
  const { data } = JSON.parse(Buffer.from(cookie.split(".")[0] ?? "", "base64url").toString());
  assert.equal(content.includes(data._csrf_token), false);
});
