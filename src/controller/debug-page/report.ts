import type { Conn, Params } from "../../plug/index.ts";
import { propertyOf } from "../error-status.ts";
import type { FailedRequest } from "../error-views.ts";
import { inspectValue } from "./inspect-value.ts";
import { hidden, hideInPath, hideInQuery, hideInUrl, isSecret } from "./secrets.ts";
import { type SourceExcerpt, sourceExcerpt } from "./source-excerpt.ts";
import { type StackFrame, stackFrames } from "./stack-frames.ts";

/** A section that an error adds to the page of development, in its property `hints`: what may be wrong, what to do. */
export interface ErrorHint {
  readonly title: string;
  readonly text: string;
}

/** Something that is shown with its name. */
export type Row = readonly [name: string, text: string];

/** All that a developer is told about an error. Nothing of it is escaped yet. */
export interface DebugReport {
  readonly status: number;
  readonly reason: string;
  /** The error first, then its cause, the cause's cause, and so on; the errors of an `AggregateError` after it. */
  readonly errors: readonly [DescribedError, ...DescribedError[]];
  readonly request: DescribedRequest;
  /** Undefined where no `fetchSession()` ran. */
  readonly session: readonly Row[] | undefined;
  readonly assigns: readonly Row[];
}

export interface DescribedError {
  /** How it belongs to the one before it. */
  readonly relation: "caused by" | "one of the errors" | undefined;
  readonly name: string;
  readonly message: string;
  /** Further properties, such as `code`. */
  readonly details: readonly Row[];
  readonly hints: readonly ErrorHint[];
  readonly frames: readonly StackFrame[];
  /** The application's code that it comes from, if the stack leads to it. */
  readonly source: SourceExcerpt | undefined;
}

export interface DescribedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly pathParams: readonly Row[];
  readonly queryParams: readonly Row[];
  readonly bodyParams: readonly Row[];
  /** Those that carry credentials have no value: such pages get pasted into chats. */
  readonly headers: readonly Row[];
  /** Their names. */
  readonly cookies: readonly string[];
}

const mostErrors = 8;
const longestMessage = 20_000;

/** Gathers what the development pages show. Whatever cannot be looked at is left out. */
export function describeFailure({ status, reason, conn, error }: FailedRequest): DebugReport {
  return {
    status,
    reason,
    errors: chainOf(error) as [DescribedError, ...DescribedError[]],
    request: describeRequest(conn),
    session: conn.hasSession ? rowsOf(conn.session.data) : undefined,
    assigns: rowsOf(conn.assigns),
  };
}

function describeRequest(conn: Conn): DescribedRequest {
  const path = hideInPath(conn.requestPath, conn.pathParams);
  const query = hideInQuery(conn.queryString);
  return {
    method: conn.method,
    target: query === "" ? path : `${path}?${query}`,
    path,
    query,
    remoteAddress: conn.remoteAddress,
    pathParams: rowsOf(conn.pathParams),
    queryParams: rowsOf(orNothing(() => conn.queryParams)),
    bodyParams: rowsOf(conn.bodyParams),
    headers: Object.entries(conn.request.headers).map(headerRow),
    cookies: Object.keys(orNothing(() => conn.cookies) ?? {}),
  };
}

function headerRow([name, value]: [string, string | string[] | undefined]): Row {
  if (isSecret(name)) return [name, hidden];
  return [name, hideInUrl(String(value))];
}

function rowsOf(values: Readonly<Record<string, unknown>> | Params | undefined): Row[] {
  return Object.keys(values ?? {}).map((name) => {
    const { value } = Object.getOwnPropertyDescriptor(values, name) as PropertyDescriptor;
    return [name, isSecret(name) ? hidden : inspectValue(value)];
  });
}

function orNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function chainOf(thrown: unknown): DescribedError[] {
  const seen = new Set<unknown>();
  const described: DescribedError[] = [];
  const describe = (error: unknown, relation: DescribedError["relation"]) => {
    if (seen.has(error) || described.length === mostErrors) return;
    seen.add(error);
    described.push(describeError(error, relation));
    if (!(error instanceof Error)) return;
    const errors = propertyOf(error, "errors");
    if (error instanceof AggregateError && Array.isArray(errors)) {
      for (const one of errors) describe(one, "one of the errors");
    }
    const cause = propertyOf(error, "cause");
    if (cause !== undefined) describe(cause, "caused by");
  };
  describe(thrown, undefined);
  return described;
}

/** Properties that are shown in a way of their own. */
const ownPlaces: ReadonlySet<string> = new Set([
  "cause",
  "errors",
  "headers",
  "hints",
  "message",
  "name",
  "stack",
  "status",
]);

function describeError(error: unknown, relation: DescribedError["relation"]): DescribedError {
  if (!(error instanceof Error)) {
    const name = "thrown, but not an Error";
    return { relation, name, message: inspectValue(error), details: [], hints: [], frames: [], source: undefined };
  }
  const message = textOf(error, "message");
  const frames = stackFrames(textOf(error, "stack"), message);
  return {
    relation,
    name: textOf(error, "name") || "Error",
    message: message.length > longestMessage ? `${message.slice(0, longestMessage)} …` : message,
    details: rowsOf(error as unknown as Record<string, unknown>).filter(([name]) => !ownPlaces.has(name)),
    hints: hintsOf(error),
    frames,
    source: sourceExcerpt(frames),
  };
}

function textOf(error: Error, name: string): string {
  const value = propertyOf(error, name);
  return typeof value === "string" ? value : value === undefined ? "" : inspectValue(value);
}

function hintsOf(error: Error): ErrorHint[] {
  const hints = propertyOf(error, "hints");
  if (!Array.isArray(hints)) return [];
  return hints.flatMap((hint) => {
    const [title, text] = [propertyOf(hint, "title"), propertyOf(hint, "text")];
    return typeof title === "string" && typeof text === "string" ? [{ title, text }] : [];
  });
}
