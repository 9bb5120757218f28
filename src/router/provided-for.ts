/**
 * Stands beside a target in a signature: nothing to add if the scope's pipelines provide all that the target needs, or
 * else a sentence that no target is, which is what the compiler then says.
 */
export type ProvidedFor<Needed, Provided> = [Missing<Needed, Provided>] extends [never]
  ? [Different<Needed, Provided>] extends [never]
    ? unknown
    : `${Different<Needed, Provided>} is required, and the pipelines of this scope provide another one`
  : `${Missing<Needed, Provided>} is required, and no pipeline of this scope provides it`;

/** Names that a target needs; an action that takes any conn needs none. */
type NamesIn<Needed> = keyof { [Name in keyof Needed as string extends Name ? never : Name]: true } & string;

type Missing<Needed, Provided> = Exclude<NamesIn<Needed>, keyof Provided>;

type Different<Needed, Provided> = {
  [Name in NamesIn<Needed>]: Name extends keyof Needed & keyof Provided
    ? Provided[Name] extends Needed[Name]
      ? never
      : Name
    : never;
}[NamesIn<Needed>];
