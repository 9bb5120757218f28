import type { Plug } from "../plug/index.ts";
import type { Place } from "./place.ts";
import type { Declaration } from "./scope.ts";

/** A router as it was declared, before anything is checked or compiled. Never changed in place. */
export interface Definition {
  /** The entries of `defineRoutes`, by name. */
  readonly routes: Readonly<Record<string, { readonly pattern: string }>>;
  readonly pipelines: readonly Pipeline[];
  readonly declarations: readonly Declaration[];
  /** Where `router(...)` was called. */
  readonly place: Place;
}

export interface Pipeline {
  readonly name: string;
  readonly plugs: readonly Plug[];
  readonly place: Place;
}
