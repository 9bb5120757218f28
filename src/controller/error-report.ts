import { inspect } from "node:util";
import { type Conn, reasonPhrase } from "../plug/index.ts";
import { type SourceExcerpt, sourceExcerpt } from "./source-excerpt.ts";

/** All that a developer is told about an error. */
export interface ErrorReport {
  readonly status: number;
  readonly reason: string;
  /** The error first, then its cause, the cause's cause, and so on. */
  readonly errors: readonly [DescribedError, ...DescribedError[]];
  /** The application's code that the error comes from, if the stack leads to it. */
  readonly source: SourceExcerpt | undefined;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly pathParams: Readonly<Record<string, string>>;
    /** Without those that carry credentials: such pages get pasted into chats. */
    readonly headers: readonly (readonly [name: string, value: string])[];
  };
}

export interface DescribedError {
  readonly name: string;
  readonly message: string;
  /** The frames, without the message; empty if there are none. */
  readonly stack: readonly string[];
}

const longestChain = 8;
const secretHeaders: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** Gathers what the development pages show. */
export function describeError(conn: Conn, error: unknown, status: number): ErrorReport {
  const errors = causeChain(error).map(describe);
  return {
    status,
    reason: reasonPhrase(status),
    errors: errors as [DescribedError, ...DescribedError[]],
    source: sourceExcerpt(errors[0]?.stack ?? []),
    request: {
      method: conn.method,
      path: conn.path,
      query: conn.queryString,
      pathParams: conn.pathParams,
      headers: Object.entries(conn.request.headers)
        .filter(([name]) => !secretHeaders.has(name))
        .map(([name, value]) => [name, String(value)]),
    },
  };
}

function causeChain(error: unknown): readonly unknown[] {
  const chain = [error];
  while (chain.length < longestChain) {
    const last = chain.at(-1);
    if (!(last instanceof Error) || last.cause === undefined || chain.includes(last.cause)) break;
    chain.push(last.cause);
  }
  return chain;
}

function describe(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { name: "thrown, but not an Error", message: inspect(error), stack: [] };
  const lines = String(error.stack ?? "").split("\n");
  const stack = lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
  return { name: String(error.name), message: String(error.message), stack };
}
