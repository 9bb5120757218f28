import type { FlashMessages } from "../controller/index.ts";

/** What every view has among its assigns without assigning it. */
export interface LiveAssigns {
  /** Messages for the user that `putFlash` left, by kind. */
  readonly flash: FlashMessages;
  /** The `action` of the route that is shown, if its declaration names one. */
  readonly liveAction: string | undefined;
}

/** Assigns as handlers and templates read them. */
export type ReadAssigns<Assigns> = Readonly<Assigns> & LiveAssigns;

/** Keys that `assign` refuses because they have methods of their own. */
export interface ReservedAssigns {
  /** Use `putFlash` and `clearFlash`. */
  readonly flash?: never;
  /** Comes from the route. */
  readonly liveAction?: never;
  /** The title of the page, without the prefix and suffix of the layout's title element. */
  readonly pageTitle?: string | undefined;
}

/** The assigns of a view that assigns nothing. */
export type NoAssigns = Record<never, unknown>;

/** Some of the assigns. A view that assigns nothing has nothing to change. */
export type ChangedAssigns<Assigns> = [keyof Assigns] extends [never] ? Record<string, never> : Partial<Assigns>;

/** Assigns of type `Given` laid over those of type `Present`. */
export type Assigned<Present, Given> = {
  readonly [Key in keyof Present | keyof Given]: Key extends keyof Given
    ? Given[Key]
    : Key extends keyof Present
      ? Present[Key]
      : never;
};

/**
 * What is known after any one of several branches: each key has the type of all branches together, with
 * `undefined` for those that do not assign it.
 */
export type MergedBranches<Branches> = {
  readonly [Key in KeyOfAny<Branches>]: ValueInAny<Branches, Key>;
};

type KeyOfAny<Branches> = Branches extends unknown ? keyof Branches : never;

type ValueInAny<Branches, Key extends PropertyKey> = Branches extends unknown
  ? Key extends keyof Branches
    ? Branches[Key]
    : undefined
  : never;
