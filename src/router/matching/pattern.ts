/** A path as it is written in code. */
export type PathText = `/${string}`;

/** A pattern below another one: `Below<"/admin", "/users">` is `"/admin/users"`, and `"/"` adds nothing. */
export type Below<Prefix extends string, Pattern extends string> = Pattern extends "/"
  ? Prefix
  : Prefix extends "/"
    ? Pattern
    : `${Prefix}${Pattern}`;

/** The names of the params of a pattern, as a union: `ParamName<"/chat/:room">` is `"room"`. */
export type ParamName<Pattern extends string> = Pattern extends `${infer Segment}/${infer Rest}`
  ? SegmentName<Segment> | ParamName<Rest>
  : SegmentName<Pattern>;

type SegmentName<Segment extends string> = Segment extends `:${infer Name}`
  ? Name
  : Segment extends `*${infer Name}`
    ? Name
    : never;

/** What a path is built from: a value for each param of the pattern. */
export type PathParams<Pattern extends string> = { readonly [Name in ParamName<Pattern>]: string | number | bigint };

/** What a request of this pattern brings: the decoded text of each param. */
export type RequestParams<Pattern extends string> = { readonly [Name in ParamName<Pattern>]: string };

/**
 * One part of a pattern between two slashes: `chat`, `:room` or, as the last one, `*path`.
 *
 * The value of `fixed` is the decoded text; that of the other two is the param's name.
 */
export interface Segment {
  readonly kind: "fixed" | "param" | "rest";
  readonly value: string;
}

/**
 * Reads a pattern such as `/chat/:room` or `/files/*path`; `/` has no segments.
 *
 * @throws an Error that names the offending part, if the pattern is not one that the router can serve.
 */
export function parsePattern(pattern: string): readonly Segment[] {
  if (!pattern.startsWith("/")) throw malformed(pattern, "it must begin with /");
  if (pattern === "/") return [];
  if (pattern.endsWith("/"))
    throw malformed(pattern, "leave out the / at its end; requests with and without it are served");

  const names = new Set<string>();
  const texts = pattern.slice(1).split("/");
  return texts.map((text, index) => {
    const segment = parseSegment(pattern, text);
    if (segment.kind === "fixed") return segment;
    if (segment.kind === "rest" && index < texts.length - 1)
      throw malformed(pattern, `${text} must be its last segment`);
    if (names.has(segment.value)) throw malformed(pattern, `the param "${segment.value}" stands in it twice`);
    names.add(segment.value);
    return segment;
  });
}

/** A pattern below another one; see {@link Below}. Neither is checked. */
export function patternBelow(prefix: string, pattern: string): string {
  if (pattern === "/") return prefix;
  return prefix === "/" ? pattern : prefix + pattern;
}

/** Whether a whole pattern lies below another one, or is the same. */
export function liesBelow(prefix: string, pattern: string): boolean {
  return prefix === "/" || pattern === prefix || pattern.startsWith(`${prefix}/`);
}

/**
 * What decides which paths a pattern matches: the same for `/chat/:room` and `/chat/:id`.
 */
export function patternShape(segments: readonly Segment[]): string {
  const marks = { fixed: "", param: ":", rest: "*" };
  return `/${segments.map(({ kind, value }) => marks[kind] || value).join("/")}`;
}

function parseSegment(pattern: string, text: string): Segment {
  const mark = text[0];
  if (mark === ":" || mark === "*") {
    const name = text.slice(1);
    if (!/^[A-Za-z_]\w*$/.test(name) || name === "__proto__") {
      throw malformed(pattern, `"${name}" is no name for a param: use letters, digits and _`);
    }
    return { kind: mark === ":" ? "param" : "rest", value: name };
  }
  if (text === "") throw malformed(pattern, "it has an empty segment (//)");
  if (text === "." || text === "..") throw malformed(pattern, `clients resolve "${text}" away before they ask`);
  if (/[:*]/.test(text)) throw malformed(pattern, `in "${text}" a param must be the whole segment between two slashes`);
  if (/[?#%\\\p{Cc}\p{Cs}]/u.test(text)) {
    throw malformed(
      pattern,
      `"${text}" may not contain ? # % \\ or control characters; write others as they are, unescaped`,
    );
  }
  return { kind: "fixed", value: text };
}

function malformed(pattern: string, reason: string): Error {
  return new Error(`the route pattern "${pattern}" cannot be used: ${reason}`);
}
