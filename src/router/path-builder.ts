import { encodeQuery, type QueryParams } from "../plug/index.ts";
import { originOf, type UrlBase } from "./absolute-url.ts";
import { type ParamName, type PathParams, parsePattern, type Segment } from "./matching/pattern.ts";

/** What may follow a path. */
export interface PathOptions {
  /** Becomes `?page=2&list[]=a&list[]=b&user[name]=Ann`; `undefined` and `null` are left out. */
  readonly query?: QueryParams;
  /** Becomes `#fragment`, encoded. */
  readonly fragment?: string;
}

/** A path without params: call it to get the path, `routes.home()`. */
export interface FixedPath<Pattern extends string> {
  (params?: NoParams, options?: PathOptions): string;
  /** The same with scheme and host before it. */
  url(base: UrlBase, params?: NoParams, options?: PathOptions): string;
  readonly pattern: Pattern;
}

/** A path with params: call it with a value for each, `routes.chat({ room: "lobby" })`. */
export interface ParamPath<Pattern extends string> {
  (params: PathParams<Pattern>, options?: PathOptions): string;
  /** The same with scheme and host before it. */
  url(base: UrlBase, params: PathParams<Pattern>, options?: PathOptions): string;
  readonly pattern: Pattern;
}

/** One entry of `defineRoutes`. */
export type PathBuilder<Pattern extends string> = [ParamName<Pattern>] extends [never]
  ? FixedPath<Pattern>
  : ParamPath<Pattern>;

/** With nothing that could be given, so that the compiler names what was. */
interface NoParams {
  readonly [noParams]?: never;
}

declare const noParams: unique symbol;

/**
 * @param name for messages: `posts.show`.
 * @throws an Error for a malformed pattern.
 */
export function pathBuilder(name: string, pattern: string): ParamPath<string> {
  const segments = parsePattern(pattern);
  const build = (params: PathValues = {}, options?: PathOptions) => {
    const path = segments.map((segment) => buildSegment(name, segment, params)).join("");
    const base = path === "" ? "/" : path;
    return options === undefined ? base : base + queryText(options) + fragmentText(options);
  };
  const url = (base: UrlBase, params?: PathValues, options?: PathOptions) => originOf(base) + build(params, options);
  return Object.freeze(Object.assign(build, { url, pattern }));
}

type PathValues = Readonly<Record<string, string | number | bigint | undefined>>;

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
  if (text.includes("\0")) throw new Error(`routes.${name}: the param "${param}" has a NUL, which no path may have`);
  return encodeURIComponent(text.toWellFormed());
}

function queryText({ query = {} }: PathOptions): string {
  const given = Object.entries(query).filter(([, value]) => value !== null);
  const text = encodeQuery(Object.fromEntries(given));
  return text === "" ? "" : `?${text}`;
}

function fragmentText({ fragment }: PathOptions): string {
  return fragment === undefined ? "" : `#${encodeURIComponent(fragment.toWellFormed())}`;
}
