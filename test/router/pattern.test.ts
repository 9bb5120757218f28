import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parsePattern, patternShape } from "../../src/router/matching/pattern.ts";

describe("parsePattern", () => {
  it("reads fixed text, params and a rest", () => {
    assert.deepEqual(parsePattern("/users/:id/files/*path"), [
      { kind: "fixed", value: "users" },
      { kind: "param", value: "id" },
      { kind: "fixed", value: "files" },
      { kind: "rest", value: "path" },
    ]);
  });

  it("gives the root no segments", () => {
    assert.deepEqual(parsePattern("/"), []);
  });

  it("takes characters of fixed text as they are", () => {
    assert.deepEqual(parsePattern("/über uns/@me/.well-known"), [
      { kind: "fixed", value: "über uns" },
      { kind: "fixed", value: "@me" },
      { kind: "fixed", value: ".well-known" },
    ]);
  });

  const refused: readonly (readonly [pattern: string, reason: RegExp])[] = [
    ["chat", /begin with \//],
    ["", /begin with \//],
    ["/chat/", /leave out the \/ at its end/],
    ["/a//b", /empty segment/],
    ["/a/../b", /clients resolve "\.\." away/],
    ["/files/*path/edit", /\*path must be its last segment/],
    ["/a/:id/b/:id", /"id" stands in it twice/],
    ["/a/:", /"" is no name for a param/],
    ["/a/:two-words", /"two-words" is no name/],
    ["/a/:__proto__", /"__proto__" is no name/],
    ["/user-:id", /a param must be the whole segment/],
    ["/search?q", /may not contain/],
    ["/100%25", /unescaped/],
    ["/a\nb", /control characters/],
  ];
  for (const [pattern, reason] of refused) {
    it(`refuses ${JSON.stringify(pattern)}`, () => {
      assert.throws(() => parsePattern(pattern), { message: reason });
    });
  }
});

describe("patternShape", () => {
  it("is the same for patterns that differ in the names of params", () => {
    assert.equal(patternShape(parsePattern("/a/:x/*y")), patternShape(parsePattern("/a/:z/*rest")));
  });

  it("tells fixed text from params and a rest", () => {
    const shapes = ["/a/b", "/a/:b", "/a/*b", "/a", "/"].map((pattern) => patternShape(parsePattern(pattern)));
    assert.equal(new Set(shapes).size, 5);
  });
});
