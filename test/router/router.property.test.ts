/** The compiled router against one that tries every route, on random tables and requests. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HttpError } from "../../src/plug/index.ts";
import { type Match, type Route, type Router, router } from "../../src/router/index.ts";
import { parsePattern, patternShape, type Segment } from "../../src/router/matching/pattern.ts";

/** A route of a table. A forward takes all that lies below its pattern, for every method. */
interface Declared {
  readonly method: string;
  readonly host: string | undefined;
  readonly pattern: string;
  readonly forward: boolean;
}

const methods = ["GET", "HEAD", "POST", "DELETE", "*"] as const;
const hosts = [undefined, "a.example", "a.", "a.b.", "b.example"] as const;

/** Few names and short patterns, so that they meet often. */
const declared: fc.Arbitrary<Declared> = fc
  .record({
    method: fc.constantFrom(...methods),
    host: fc.constantFrom(...hosts),
    texts: fc.array(fc.constantFrom("a", "b", "c d", "ü", ":"), { maxLength: 4 }),
    end: fc.constantFrom("", "*", "forward"),
  })
  .map(({ method, host, texts, end }) => ({
    method: end === "forward" ? "*" : method,
    host,
    pattern: patternOf(end === "*" ? [...texts, "*"] : texts),
    forward: end === "forward",
  }));

const tables = fc.uniqueArray(declared, { selector: requestKey, minLength: 1, maxLength: 16 });

const requests = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "DELETE", "PATCH"),
  host: fc.constantFrom(undefined, "a.example", "a.b.example", "a.c.example", "b.example", "c.example"),
  path: fc
    .tuple(
      fc.array(
        fc.constantFrom("a", "b", "c%20d", "%61", "%C3%BC", "x", "", "%2F", "a%2Fb", "%25", "%2525", "%", "%C3"),
        {
          maxLength: 5,
        },
      ),
      fc.boolean(),
    )
    .map(([texts, slash]) => `/${texts.join("/")}${slash ? "/" : ""}`),
});

test("the compiled router finds what trying all routes finds", () => {
  fc.assert(
    fc.property(tables, fc.array(requests, { minLength: 1, maxLength: 10 }), (table, asked) => {
      const served = routerOf(table);
      for (const { method, host, path } of asked) {
        assert.deepEqual(
          answerOf(() => described(served.match(method, path, host))),
          answerOf(() => tryAll(table, method, path, host)),
          `${method} ${host}${path}`,
        );
      }
    }),
    { numRuns: 3_000 },
  );
});

test("any text is a path that is found, not found, or refused", () => {
  const served = routerOf([
    { method: "GET", host: undefined, pattern: "/:a/:b", forward: false },
    { method: "GET", host: undefined, pattern: "/a/*rest", forward: false },
    { method: "GET", host: undefined, pattern: "/b", forward: true },
  ]);
  const anyPath = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string().map((text) => `/${text}`),
    fc.webPath(),
  );
  fc.assert(
    fc.property(anyPath, (path) => {
      const answer = answerOf(() => served.match("GET", path));
      assert.ok(answer === 400 || answer === undefined || typeof answer === "object");
    }),
    { numRuns: 2_000 },
  );
});

function routerOf(table: readonly Declared[]): Router {
  return table.reduce((chain, { method, host, pattern, forward }, index) => {
    const options = { through: [], ...(host === undefined ? {} : { host }) };
    return chain.scope(options, (scope) => {
      const name = String(index);
      if (forward) scope.forward(pattern, () => {}, { name });
      else scope.match(method === "*" ? "*" : [method as "GET"], pattern, () => {}, { name });
    });
  }, router());
}

/** Which route of the table it is, and the params. */
function described(match: Match<Route> | undefined): unknown {
  return match && [Number(match.route.name), { ...match.pathParams }];
}

function answerOf(find: () => unknown): unknown {
  try {
    return find();
  } catch (error) {
    if (error instanceof HttpError) return error.status;
    throw error;
  }
}

/** The rules of the router, written down in the slowest way. */
function tryAll(table: readonly Declared[], method: string, path: string, host: string | undefined): unknown {
  const texts = segmentsOf(path);
  const matches = table
    .map((route, index) => ({ route, index, params: paramsOf(route, texts) }))
    .filter(({ route, params }) => params !== undefined && hostRank(route, host) >= 0 && methodRank(route, method) >= 0)
    .sort(
      (left, right) =>
        hostRank(left.route, host) - hostRank(right.route, host) ||
        shapeRank(left.route).localeCompare(shapeRank(right.route)) ||
        methodRank(left.route, method) - methodRank(right.route, method),
    );
  return matches[0] && [matches[0].index, matches[0].params];
}

function segmentsOf(path: string): string[] {
  const inner = path.replace(/(?<=[^/])\/$/, "").slice(1);
  try {
    return path === "/" ? [] : inner.split("/").map(decodeURIComponent);
  } catch {
    throw new HttpError(400);
  }
}

/** The smaller, the nearer; below 0 if the route is not for this host. */
function hostRank({ host }: Declared, asked: string | undefined): number {
  if (host === undefined) return 1_000;
  if (asked === undefined) return -1;
  if (host === asked) return 0;
  return host.endsWith(".") && asked.startsWith(host) ? 100 - host.length : -1;
}

function methodRank({ method }: Declared, asked: string): number {
  if (method === asked) return 0;
  if (asked === "HEAD" && method === "GET") return 1;
  return method === "*" ? 2 : -1;
}

function allSegments({ pattern, forward }: Declared): readonly Segment[] {
  const segments = parsePattern(pattern);
  return forward ? [...segments, { kind: "rest", value: "" }] : segments;
}

function shapeRank(route: Declared): string {
  return allSegments(route)
    .map(({ kind }) => ({ fixed: "0", param: "1", rest: "2" })[kind])
    .join("");
}

function paramsOf(route: Declared, texts: readonly string[]): Record<string, string> | undefined {
  const segments = allSegments(route);
  const params: Record<string, string> = {};
  const rest = segments.at(-1)?.kind === "rest" ? segments.at(-1) : undefined;
  const counted = rest === undefined ? segments : segments.slice(0, -1);
  if (rest === undefined ? texts.length !== counted.length : texts.length < counted.length) return undefined;
  for (const [index, { kind, value }] of counted.entries()) {
    const text = texts[index] ?? "";
    if (kind === "fixed" ? text !== value : text === "") return undefined;
    if (kind === "param") params[value] = text;
  }
  if (rest !== undefined && rest.value !== "") params[rest.value] = texts.slice(counted.length).join("/");
  return params;
}

function requestKey(route: Declared): string {
  return `${route.method} ${route.host} ${patternShape(allSegments(route))}`;
}

function patternOf(texts: readonly string[]): string {
  return `/${texts.map((text, index) => (text === ":" || text === "*" ? `${text}p${index}` : text)).join("/")}`;
}
