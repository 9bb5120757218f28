import type { ScopeContext } from "./declaration.ts";
import { type PathText, parsePattern, patternBelow } from "./matching/pattern.ts";

/** What the routes of a scope share, below the scope that it stands in. */
export interface InnerScopeOptions<Through = string | readonly string[], Path = PathText, Assigns = object> {
  /** The pipelines that a request runs through, in this order, after those of the scope around this one. */
  readonly through?: Through;
  /**
   * Stands before every pattern given as text. Entries of `defineRoutes` are whole paths already, and must begin
   * with it.
   */
  readonly path?: Path;
  /** Stands, with a dot, before every name given as text. Entries of `defineRoutes` have whole names, which must begin with it. */
  readonly name?: string;
  /** Serves only this host, or these; one that ends in a dot serves every host that begins with it: `"api."`. */
  readonly host?: string | readonly string[];
  /** Put into `conn.assigns` before the pipelines run. */
  readonly assigns?: Assigns;
  /** Put by `conn.putPrivate` before the pipelines run. */
  readonly private?: Readonly<Record<symbol, unknown>>;
}

/** What the routes of a scope share. It has to say which pipelines they go through, if only `[]`. */
export interface ScopeOptions<Through = string | readonly string[], Path = PathText, Assigns = object>
  extends InnerScopeOptions<Through, Path, Assigns> {
  readonly through: Through;
}

/** What a live session says of its routes. (Hooks that run before every mount of its views will stand here.) */
export type LiveSessionOptions = Pick<InnerScopeOptions, "assigns" | "private">;

/** The surroundings of a router's own scopes. */
export const outermost: ScopeContext = {
  path: "/",
  name: "",
  pipelines: [],
  hosts: [undefined],
  assigns: {},
  private: {},
  liveSession: undefined,
};

/**
 * The context of a scope inside of another one.
 *
 * @throws an Error for a malformed path.
 */
export function innerContext(outer: ScopeContext, options: InnerScopeOptions): ScopeContext {
  const { through = [], path = "/", name, host, assigns, private: privates } = options;
  parsePattern(path);
  return {
    ...outer,
    path: patternBelow(outer.path, path),
    name: name === undefined ? outer.name : `${outer.name}${name}.`,
    pipelines: [...outer.pipelines, ...(typeof through === "string" ? [through] : through)],
    hosts: host === undefined ? outer.hosts : [host].flat().map((one) => one.toLowerCase()),
    assigns: { ...outer.assigns, ...assigns },
    private: { ...outer.private, ...privates },
  };
}
