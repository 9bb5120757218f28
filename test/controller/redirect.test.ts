import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  externalUrl,
  isLocalPath,
  localPath,
  putStatus,
  type RedirectTarget,
  redirect,
  redirectRefused,
} from "../../src/controller/index.ts";
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
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get("location"), null);
    assert.match(await answer.text(), /cannot redirect to "\/\/evil\.example"/);
  });

  it("reports what it refuses", async (t) => {
    const reported: unknown[] = [];
    t.after(redirectRefused.attach(({ node: _node, ...report }) => reported.push(report)));
    const { fetch } = await serve(t, (conn) => redirect(conn, { to: conn.params.to as string }));
    await fetch(`/login?to=${encodeURIComponent("/\\evil.example")}`);
    assert.deepEqual(reported, [{ method: "GET", path: "/login", target: "/\\evil.example" }]);
  });

  it("takes a status that the conn has, if browsers follow it", async (t) => {
    const { fetch } = await serve(t, (conn) => {
      putStatus(conn, conn.path === "/gone" ? "moved_permanently" : "created");
      redirect(conn, { to: "/next" });
    });
    assert.equal((await fetch("/gone")).status, 301);
    assert.equal((await fetch("/made")).status, 302);
  });

  it("says that its body is HTML, whatever was set before", async (t) => {
    const { fetch } = await serve(t, (conn) => redirect(conn.setHeader("content-type", "text/csv"), { to: "/" }));
    assert.equal((await fetch("/")).headers.get("content-type"), "text/html; charset=utf-8");
  });

  it("escapes the path in its page", async (t) => {
    const { fetch } = await serve(t, (conn) => redirect(conn, { to: `/"><script>alert(1)</script>` }));
    const body = await (await fetch("/")).text();
    assert.ok(!body.includes("<script>"), body);
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
    "/a/./b",
    "/a/b/..//c",
    "/.well-known//x",
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
    "?a",
    "home",
    "/.//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "/.%2E//evil.example",
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
    "/a\u007fb",
    "/\r/evil.example",
    "/\u0000/evil.example",
    "/\v/evil.example",
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
      "%2e",
      "%2f",
      "%5c",
      "evil.example",
      "http:",
      "javascript:",
      " ",
      "\r",
      "\0",
      "\u200b",
      "\uff0f",
      "\u2215",
      "\ud800",
      "ü",
    );
    fc.assert(
      fc.property(fc.array(tricks, { maxLength: 6 }), (parts) => {
        let path: string;
        try {
          path = localPath(`/${parts.join("")}`);
        } catch {
          return;
        }
        staysHere(path);
      }),
      { numRuns: 5000 },
    );
  });

  it("never lets a browser leave the site, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const path of [text, `/${text}`, `//${text}`]) if (isLocalPath(path)) staysHere(localPath(path));
      }),
      { numRuns: 5000 },
    );
  });

  it("gives back what is in a header as it is, and is taken again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const path = `/${text}`;
        if (!isLocalPath(path)) return;
        assert.match(localPath(path), /^[\x21-\x7e]+$/);
        assert.equal(localPath(localPath(path)), localPath(path));
      }),
    );
  });
});

/** In the header, in a link on any page, and again from the address that the browser then shows. */
function staysHere(path: string): void {
  const origin = "https://here.example";
  const shown = new URL(path, `${origin}/x/y`);
  assert.equal(shown.origin, origin);
  assert.equal(new URL(shown.pathname + shown.search, `${origin}/x/y`).origin, origin);
}

describe("isLocalPath", () => {
  it("is what localPath takes, for any value", () => {
    assert.ok(isLocalPath("/posts?page=2"));
    for (const value of ["//evil.example", "https://evil.example", "", undefined, null, 7, ["/a"], { to: "/" }]) {
      assert.ok(!isLocalPath(value), String(value));
    }
  });

  it("is refused with a message that shows the value, if it is no text", () => {
    assert.throws(() => localPath(undefined as never), { message: /cannot redirect to "undefined": it is no text/ });
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
    "file:///etc/passwd",
    "filesystem:https://example.org/temporary/x",
    "view-source:https://example.org",
    "about:blank",
    "javascript://example.org/%0aalert(1)",
    "https:example.org",
    "https:/example.org",
    "https:///example.org",
    "https:\\\\example.org",
    "https://good.example\\@evil.example",
    "https://good.example@evil.example",
    "https://good.example:pass@evil.example",
    "https://:@evil.example:x",
    "https://exa\tmple.org",
    "https://example.org/\u0000",
    "\u0000https://example.org",
    " https://example.org",
    "https://",
    "https://exa mple.org",
    "",
  ];
  for (const url of refused) {
    it(`refuses ${JSON.stringify(url)}`, () =>
      assert.throws(() => externalUrl(url), { message: /^cannot redirect to / }));
  }
});
