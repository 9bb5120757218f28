import { type Match, Matcher } from "./matcher.ts";
import { parsePattern } from "./pattern.ts";
import type { Route } from "./route.ts";

/** The routes of one host, or those that every host serves: a matcher for each method. */
export class DispatchTable {
  /** As in the scope: a whole host, or the beginning of one ending in a dot; undefined for every host. */
  readonly #host: string | undefined;
  readonly #get = new Matcher<Route>();
  readonly #byMethod = new Map<string, Matcher<Route>>([["GET", this.#get]]);

  /** @param routes of which no two have the same method and shape. */
  constructor(host: string | undefined, routes: readonly Route[]) {
    this.#host = host;
    for (const route of routes) this.#matcherOf(route.method).add(parsePattern(route.pattern), route);
  }

  /** Whether the table is for requests to this host. */
  serves(host: string): boolean {
    if (this.#host === undefined) return true;
    return this.#host.endsWith(".") ? host.startsWith(this.#host) : host === this.#host;
  }

  /** @throws HttpError 400 for a malformed path. */
  find(method: string, path: string): Match<Route> | undefined {
    if (method === "GET") return this.#get.find(path);
    const found = this.#byMethod.get(method)?.find(path);
    return found === undefined && method === "HEAD" ? this.#get.find(path) : found;
  }

  /** The methods that this path has routes for; HEAD among them where GET is. */
  methodsOf(path: string): readonly string[] {
    const methods = [...this.#byMethod.keys()].filter((method) => this.#byMethod.get(method)?.find(path) !== undefined);
    return methods.includes("GET") ? [...methods, "HEAD"] : methods;
  }

  #matcherOf(method: string): Matcher<Route> {
    const existing = this.#byMethod.get(method);
    if (existing !== undefined) return existing;
    const created = new Matcher<Route>();
    this.#byMethod.set(method, created);
    return created;
  }
}
