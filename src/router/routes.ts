import { type ParamName, type PathParams, parsePattern, type Segment } from "./pattern.ts";

/** What may follow a path. */
export interface PathOptions {
  /** Becomes `?name=value&list[]=a&list[]=b`; `undefined` and `null` are left out. */
  readonly query?: { readonly [name: string]: QueryValue | readonly QueryScalar[] };
  /** Becomes `#fragment`, encoded. */
  readonly fragment?: string;
}

type QueryScalar = string | number | boolean;
type QueryValue = QueryScalar | null | undefined;

/** A path without params: call it to get the path, `routes.home()`. */
export interface FixedPath<Pattern extends string> {
  (params?: NoParams, options?: PathOptions): string;
  readonly pattern: Pattern;
}

/** A path with params: call it with a value for each, `routes.chat({ room: "lobby" })`. */
export interface ParamPath<Pattern extends string> {
  (params: PathParams<Pattern>, options?: PathOptions): string;
  readonly pattern: Pattern;
}

/** One entry of {@link defineRoutes}. */
export type PathBuilder<Pattern extends string> = [ParamName<Pattern>] extends [never]
  ? FixedPath<Pattern>
  : ParamPath<Pattern>;

interface NoParams {
  readonly [name: string]: never;
}

/**
 * Names the paths of an application, so that everything can link to them and nothing has to know who serves them.
 *
 * In a pattern `:name` stands for one segment that is not empty and `*name`, at the end, for all that remains, slashes
 * included (perhaps nothing). Each name becomes a function that builds the path. A missing, misspelt or superfluous
 * param does not compile. Values are percent-encoded; those of a `*name` segment by segment.
 *
 * **Building throws** for values that no path can carry: an empty value, `.` and `..` (every client resolves them
 * away, so that the link would lead somewhere else), and a `*name` value that begins with `/`. Check such names where
 * users choose them.
 *
 * @example
 * export const routes = defineRoutes({ home: "/", chat: "/chat/:room", file: "/files/*path" });
 *
 * routes.home();                                        // "/"
 * routes.chat({ room: "a b" });                         // "/chat/a%20b"
 * routes.file({ path: "2026/plan.pdf" });               // "/files/2026/plan.pdf"
 * routes.home({}, { query: { page: 2 }, fragment: "end" });  // "/?page=2#end"
 * routes.chat.pattern;                                  // "/chat/:room"
 *
 * @throws an Error for a malformed pattern.
 */
export function defineRoutes<const Patterns extends Readonly<Record<string, `/${string}`>>>(
  patterns: Patterns,
): { readonly [Name in keyof Patterns]: PathBuilder<Patterns[Name]> } {
  const builders = Object.entries(patterns).map(([name, pattern]) => [name, pathBuilder(name, pattern)]);
  return Object.freeze(Object.fromEntries(builders));
}

function pathBuilder(name: string, pattern: string): ParamPath<string> {
  const segments = parsePattern(pattern);
  const build = (params: PathValues = {}, options?: PathOptions) => {
    const path = segments.map((segment) => buildSegment(name, segment, params)).join("");
    const base = path === "" ? "/" : path;
    return options === undefined ? base : base + queryText(options) + fragmentText(options);
  };
  return Object.freeze(Object.assign(build, { pattern }));
}

type PathValues = Readonly<Record<string, string | number | undefined>>;

function buildSegment(name: string, { kind, value }: Segment, params: PathValues): string {
  if (kind === "fixed") return `/${encodeURI(value)}`;
  const given = params[value];
  if (given === undefined) throw new Error(`routes.${name}: the param "${value}" is missing`);
  const text = String(given);
  if (kind === "param") return `/${encodeSegment(name, value, text)}`;
  if (text.startsWith("/")) {
    throw new Error(`routes.${name}: the param "${value}" begins with "/" ("${text}"); leave that slash out`);
  }
  if (text === "") return "";
  return `/${text
    .split("/")
    .map((part) => (part === "" ? "" : encodeSegment(name, value, part)))
    .join("/")}`;
}

function encodeSegment(name: string, param: string, text: string): string {
  if (text === "" || text === "." || text === "..") {
    throw new Error(`routes.${name}: the param "${param}" is "${text}", which no segment of a path can be`);
  }
  return encodeURIComponent(text.toWellFormed());
}

function queryText({ query = {} }: PathOptions): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const item of value) pairs.append(`${name}[]`, String(item));
    else if (value !== undefined && value !== null) pairs.append(name, String(value));
  }
  return pairs.size === 0 ? "" : `?${pairs}`;
}

function fragmentText({ fragment }: PathOptions): string {
  return fragment === undefined ? "" : `#${encodeURIComponent(fragment.toWellFormed())}`;
}
