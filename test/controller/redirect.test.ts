import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { externalUrl, localPath, type RedirectTarget, redirect } from "../../src/controller/index.ts";
import { serve } from "../router/serving.ts";

describe("redirect", () => {
  it("leads to a path of this site, with 302", async (t) => {
    const { fetch } = await serve(t, (conn) => redirect(conn, { to: "/chat/lobby?from=5#end" }));
    const answer = await fetch("/");
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get("location"), "/chat/lobby?from=5#end");
    assert.match(await answer.text(), /href="\/chat\/lobby\?from=5#end"/);
  });

  it("takes another status", async (t) => {
    const { fetch } = await serve(t, (conn) => redirect(conn, { to: "/" }, 303));
    assert.equal((await fetch("/", { method: "POST" })).status, 303);
  });

  it("leads to another site if that is said", async (t) => {
    const { fetch } = await serve(t, (conn) => redirect(conn, { external: "https://bücher.example/a b" }, 301));
    const answer = await fetch("/");
    assert.equal(answer.status, 301);
    assert.equal(answer.headers.get("location"), "https://xn--bcher-kva.example/a%20b");
  });

  it("has sent nothing when it refuses", async (t) => {
    const { fetch } = await serve(t, (conn) => redirect(conn, { to: conn.params.to as string }));
    const answer = await fetch(`/?to=${encodeURIComponent("//evil.example")}`);
    assert.equal(answer.status, 500);
    assert.equal(answer.headers.get("location"), null);
  });

  it("is answered to HEAD without a body", async (t) => {
    const { fetch } = await serve(t, (conn) => redirect(conn, { to: "/next" }));
    const answer = await fetch("/", { method: "HEAD" });
    assert.equal(answer.headers.get("location"), "/next");
    assert.equal(await answer.text(), "");
  });

  it("takes one of the two targets, never both", () => {
    // @ts-expect-error both
    ({ to: "/", external: "https://example.org" }) satisfies RedirectTarget;
  });
});

describe("localPath", () => {
  const kept = [
    "/",
    "/a",
    "/a?b=//c",
    "/a#b",
    "/./b",
    "/a//b",
    "/a:b@c",
    "/%2F%2Fevil.example",
    "/?to=https://x.example",
  ];
  for (const path of kept) {
    it(`keeps ${path}`, () => assert.equal(localPath(path), path));
  }

  it("encodes what a header cannot carry", () => {
    assert.equal(localPath("/über uns?q=\u{1F426}"), "/%C3%BCber%20uns?q=%F0%9F%90%A6");
    assert.equal(localPath("/lone\uD800"), "/lone%EF%BF%BD");
  });

  const refused = [
    "",
    "home",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/a\\b",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/a\r\nset-cookie: x=1",
    "/a\u0000b",
    "/a\u0085b",
    "https://evil.example",
    "javascript:alert(1)",
  ];
  for (const path of refused) {
    it(`refuses ${JSON.stringify(path)}`, () =>
      assert.throws(() => localPath(path), { message: /^cannot redirect to / }));
  }

  it("never lets a browser leave the site", () => {
    const tricks = fc.constantFrom(
      "/",
      "\\",
      "\t",
      "\n",
      ".",
      "..",
      "@",
      ":",
      "?",
      "#",
      "%",
      "evil.example",
      "http:",
      " ",
    );
    fc.assert(
      fc.property(fc.array(tricks, { maxLength: 6 }), (parts) => {
        let path: string;
        try {
          path = localPath(`/${parts.join("")}`);
        } catch {
          return;
        }
        assert.equal(new URL(path, "https://here.example/x/y").origin, "https://here.example");
      }),
      { numRuns: 2000 },
    );
  });
});

describe("externalUrl", () => {
  it("keeps absolute URLs, of applications as well", () => {
    assert.equal(externalUrl("https://example.org/a?b#c"), "https://example.org/a?b#c");
    assert.equal(externalUrl("myapp://callback?code=1"), "myapp://callback?code=1");
  });

  const refused = [
    "/path",
    "//example.org",
    "https://example.org/\r\nx: y",
    "java\nscript:alert(1)",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:https://example.org/1",
  ];
  for (const url of refused) {
    it(`refuses ${JSON.stringify(url)}`, () =>
      assert.throws(() => externalUrl(url), { message: /^cannot redirect to / }));
  }
});
