/** One entry of `defineRoutes`, as the router needs it. */
export interface NamedRoute {
  /** `posts.show` */
  readonly name: string;
  /** The whole pattern. */
  readonly pattern: string;
  /** One of these has to be served; undefined if any method will do. */
  readonly methods: readonly string[] | undefined;
}

/** The key under which what `defineRoutes` gives back lists its entries. */
export const namedRoutes: unique symbol = Symbol("named routes");

/** What `defineRoutes` gives back, as far as a router has to know. */
export interface DefinedRoutes {
  readonly [namedRoutes]?: readonly NamedRoute[];
}

/** What a route is called: as the one of its pattern's entries that names its method, or else one that names none. */
export function nameOf(entries: readonly NamedRoute[], method: string): string | undefined {
  const byMethod = entries.find(({ methods }) => methods?.includes(method));
  return (byMethod ?? entries.find(({ methods }) => methods === undefined))?.name;
}

/** Whether serving a pattern with a method serves the entry. */
export function serves(method: string, { methods }: NamedRoute): boolean {
  return methods === undefined || method === "*" || methods.includes(method);
}
