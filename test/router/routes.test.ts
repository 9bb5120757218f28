import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Matcher } from "../../src/router/matching/matcher.ts";
import { parsePattern } from "../../src/router/matching/pattern.ts";
import { defineRoutes } from "../../src/router/routes.ts";

const routes = defineRoutes({
  home: "/",
  about: "/über uns/@team",
  chat: "/chat/:room",
  comment: "/posts/:post/comments/:comment",
  file: "/files/*path",
  page: "/*path",
});

describe("defineRoutes", () => {
  it("builds the paths of routes without params", () => {
    assert.equal(routes.home(), "/");
    assert.equal(routes.about(), "/%C3%BCber%20uns/@team");
  });

  it("puts params in place, texts and numbers", () => {
    assert.equal(routes.chat({ room: "lobby" }), "/chat/lobby");
    assert.equal(routes.comment({ post: 7, comment: "first" }), "/posts/7/comments/first");
  });

  it("encodes what a segment cannot carry", () => {
    assert.equal(routes.chat({ room: "a b" }), "/chat/a%20b");
    assert.equal(routes.chat({ room: "a/b?c#d%" }), "/chat/a%2Fb%3Fc%23d%25");
    assert.equal(routes.chat({ room: "\u{1F426}" }), "/chat/%F0%9F%90%A6");
    assert.equal(routes.chat({ room: "lone \uD800" }), "/chat/lone%20%EF%BF%BD");
  });

  it("encodes a rest segment by segment", () => {
    assert.equal(routes.file({ path: "2026/my plan.pdf" }), "/files/2026/my%20plan.pdf");
    assert.equal(routes.file({ path: "" }), "/files");
    assert.equal(routes.page({ path: "" }), "/");
  });

  it("appends a query and a fragment", () => {
    assert.equal(routes.home({}, { query: { page: 2, all: true } }), "/?page=2&all=true");
    assert.equal(routes.chat({ room: "x" }, { fragment: "the end" }), "/chat/x#the%20end");
    assert.equal(routes.home(undefined, { query: { q: "a&b=c", tag: ["x", 1] } }), "/?q=a%26b%3Dc&tag[]=x&tag[]=1");
  });

  it("leaves absent query values out", () => {
    assert.equal(routes.home({}, { query: { page: undefined, sort: null, tag: [] } }), "/");
    assert.equal(routes.home({}, {}), "/");
  });

  it("shows the pattern", () => {
    assert.equal(routes.comment.pattern, "/posts/:post/comments/:comment");
    assert.deepEqual(Object.keys(routes), ["home", "about", "chat", "comment", "file", "page"]);
  });

  it("refuses values that no path can carry", () => {
    for (const room of ["", ".", ".."]) {
      assert.throws(() => routes.chat({ room }), { message: /routes\.chat: the param "room" is/ });
    }
    assert.throws(() => routes.chat({ room: "a\0b" }), { message: /routes\.chat: the param "room" has a NUL/ });
    assert.throws(() => routes.file({ path: "a/../../b" }), { message: /routes\.file: the param "path" is "\.\."/ });
  });

  it("builds no path that leads to another host", () => {
    assert.throws(() => routes.page({ path: "/evil.example" }), { message: /begins with "\/"/ });
  });

  it("names a param that is missing where types did not help", () => {
    const untyped = routes.chat as (params: object) => string;
    assert.throws(() => untyped({}), { message: 'routes.chat: the param "room" is missing' });
  });

  it("refuses a malformed pattern when it is defined", () => {
    assert.throws(() => defineRoutes({ broken: "/a//b" }), { message: /"\/a\/\/b" cannot be used/ });
  });
});

describe("paths that are built and matched again", () => {
  const anyText = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });
  const segment = anyText.filter((text) => text !== "." && text !== ".." && !text.includes("\0"));

  it("give back the params of every segment", () => {
    const matcher = matcherOf(routes.comment.pattern);
    fc.assert(
      fc.property(segment, segment, (post, comment) => {
        const found = matcher.find(routes.comment({ post, comment }));
        assert.deepEqual({ ...found?.pathParams }, { post, comment });
      }),
    );
  });

  it("give back a rest, slashes included", () => {
    const matcher = matcherOf(routes.file.pattern);
    const parts = fc.array(
      segment.map((text) => text.replaceAll("/", "-")),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(parts, (texts) => {
        const path = texts.join("/");
        assert.equal(matcher.find(routes.file({ path }))?.pathParams.path, path);
      }),
    );
  });

  it("survive a client that reads them as a URL", () => {
    const matcher = matcherOf(routes.chat.pattern);
    fc.assert(
      fc.property(segment, (room) => {
        const { pathname } = new URL(routes.chat({ room }), "http://localhost");
        assert.equal(matcher.find(pathname)?.pathParams.room, room);
      }),
    );
  });
});

function matcherOf(pattern: string): Matcher<string> {
  const matcher = new Matcher<string>();
  matcher.add(parsePattern(pattern), pattern);
  return matcher;
}
