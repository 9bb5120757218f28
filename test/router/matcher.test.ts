import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Matcher } from "../../src/router/matching/matcher.ts";
import { parsePattern, patternShape, type Segment } from "../../src/router/matching/pattern.ts";

describe("Matcher", () => {
  it("finds fixed paths and nothing else", () => {
    const find = finder("/", "/about", "/about/us");
    assert.deepEqual(find("/"), ["/", {}]);
    assert.deepEqual(find("/about/us"), ["/about/us", {}]);
    for (const path of ["/abou", "/about/us/x", "/About", "about", "", "*"]) assert.equal(find(path), undefined, path);
  });

  it("gives the same frozen match for a fixed path each time, so that it allocates nothing", () => {
    const matcher = matcherOf("/about");
    assert.equal(matcher.find("/about"), matcher.find("/about"));
    assert.ok(Object.isFrozen(matcher.find("/about")?.pathParams));
  });

  it("takes params from the path, decoded", () => {
    const find = finder("/chat/:room/:from");
    assert.deepEqual(find("/chat/a%20b/%C3%BC"), ["/chat/:room/:from", { room: "a b", from: "ü" }]);
  });

  it("decodes after it has split, so that an encoded slash stays in its segment", () => {
    const find = finder("/chat/:room", "/a/b");
    assert.deepEqual(find("/chat/a%2Fb"), ["/chat/:room", { room: "a/b" }]);
    assert.equal(find("/a%2Fb"), undefined);
  });

  it("takes any number of segments into a rest, none as well", () => {
    const find = finder("/files/*path");
    assert.deepEqual(find("/files/a/b%20c"), ["/files/*path", { path: "a/b c" }]);
    assert.deepEqual(find("/files"), ["/files/*path", { path: "" }]);
    assert.deepEqual(find("/files/a//b"), ["/files/*path", { path: "a//b" }]);
  });

  it("prefers fixed text to a param, and a param to a rest", () => {
    const find = finder("/*rest", "/:page", "/about", "/about/*rest");
    assert.deepEqual(find("/about"), ["/about", {}]);
    assert.deepEqual(find("/imprint"), ["/:page", { page: "imprint" }]);
    assert.deepEqual(find("/imprint/x"), ["/*rest", { rest: "imprint/x" }]);
    assert.deepEqual(find("/about/x"), ["/about/*rest", { rest: "x" }]);
  });

  it("goes back where a preferred branch leads nowhere", () => {
    const find = finder("/users/new/form", "/users/:id/posts", "/*rest");
    assert.deepEqual(find("/users/new/posts"), ["/users/:id/posts", { id: "new" }]);
    assert.deepEqual(find("/users/new/photos"), ["/*rest", { rest: "users/new/photos" }]);
  });

  it("keeps the params of each route under its own names", () => {
    const find = finder("/:user/posts", "/:account/bills/:id");
    assert.deepEqual(find("/ann/posts"), ["/:user/posts", { user: "ann" }]);
    assert.deepEqual(find("/ann/bills/3"), ["/:account/bills/:id", { account: "ann", id: "3" }]);
  });

  it("ignores one slash at the end", () => {
    const find = finder("/about", "/chat/:room", "/files/*path");
    assert.deepEqual(find("/about/"), ["/about", {}]);
    assert.deepEqual(find("/chat/x/"), ["/chat/:room", { room: "x" }]);
    assert.deepEqual(find("/files/a/"), ["/files/*path", { path: "a" }]);
  });

  it("does not collapse slashes", () => {
    const find = finder("/", "/about", "/chat/:room");
    for (const path of ["//", "/about//", "//about", "/chat//", "/chat//x"]) assert.equal(find(path), undefined, path);
  });

  it("finds fixed text however it is encoded", () => {
    const find = finder("/über/@me");
    for (const path of ["/%C3%BCber/@me", "/%c3%bcber/@me", "/über/@me", "/%C3%BCb%65r/%40me"]) {
      assert.deepEqual(find(path), ["/über/@me", {}], path);
    }
  });

  it("answers a malformed escape with 400", () => {
    const matcher = matcherOf("/chat/:room");
    for (const path of ["/chat/%", "/chat/%zz", "/chat/%C3", "/chat/%C0%80"]) {
      assert.throws(() => matcher.find(path), { status: 400 }, path);
    }
  });

  it("hands out params without a prototype", () => {
    const find = finder("/:constructor");
    assert.deepEqual(find("/x"), ["/:constructor", { constructor: "x" }]);
    assert.equal(Object.getPrototypeOf(matcherOf("/:id").find("/x")?.pathParams), null);
  });

  it("agrees with trying all patterns one after another", () => {
    fc.assert(
      fc.property(routeTables, paths, (patterns, path) => {
        const matcher = matcherOf(...patterns);
        const found = matcher.find(path);
        assert.deepEqual(found && [found.route, { ...found.pathParams }], tryAll(patterns, path));
      }),
      { numRuns: 2000 },
    );
  });
});

function matcherOf(...patterns: readonly string[]): Matcher<string> {
  const matcher = new Matcher<string>();
  for (const pattern of patterns) matcher.add(parsePattern(pattern), pattern);
  return matcher;
}

function finder(...patterns: readonly string[]) {
  const matcher = matcherOf(...patterns);
  return (path: string) => {
    const found = matcher.find(path);
    return found && [found.route, { ...found.pathParams }];
  };
}

/** Few names and short patterns, so that they meet often. */
const routeTables = fc
  .uniqueArray(
    fc
      .tuple(fc.array(fc.constantFrom("a", "b", "c d", ":"), { maxLength: 4 }), fc.boolean())
      .map(([texts, rest]) => patternOf(rest ? [...texts, "*"] : texts)),
    { selector: (pattern) => patternShape(parsePattern(pattern)), maxLength: 12 },
  )
  .filter((patterns) => patterns.length > 0);

const paths = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "c%20d", "%61", "x", ""), { maxLength: 5 }), fc.boolean())
  .map(([texts, slash]) => `/${texts.join("/")}${slash ? "/" : ""}`);

function patternOf(texts: readonly string[]): string {
  return `/${texts.map((text, index) => (text === ":" || text === "*" ? `${text}p${index}` : text)).join("/")}`;
}

/** The rules of the matcher, written down in the slowest way. */
function tryAll(patterns: readonly string[], path: string): unknown {
  const inner = path.replace(/(?<=[^/])\/$/, "").slice(1);
  const texts = path === "/" ? [] : inner.split("/").map(decodeURIComponent);
  const matches = patterns
    .map((pattern) => ({ pattern, segments: parsePattern(pattern) }))
    .map(({ pattern, segments }) => ({ pattern, rank: rankOf(segments), params: naiveMatch(segments, texts) }))
    .filter(({ params }) => params !== undefined)
    .sort((left, right) => (left.rank < right.rank ? -1 : 1));
  return matches[0] && [matches[0].pattern, matches[0].params];
}

function rankOf(segments: readonly Segment[]): string {
  return segments.map(({ kind }) => ({ fixed: "0", param: "1", rest: "2" })[kind]).join("");
}

function naiveMatch(segments: readonly Segment[], texts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  const hasRest = segments.at(-1)?.kind === "rest";
  const counted = hasRest ? segments.slice(0, -1) : segments;
  if (hasRest ? texts.length < counted.length : texts.length !== counted.length) return undefined;
  for (const [index, { kind, value }] of counted.entries()) {
    const text = texts[index] ?? "";
    if (kind === "fixed" && text !== value) return undefined;
    if (kind === "param" && text === "") return undefined;
    if (kind === "param") params[value] = text;
  }
  if (hasRest) params[segments.at(-1)?.value ?? ""] = texts.slice(counted.length).join("/");
  return params;
}
