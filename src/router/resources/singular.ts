/**
 * What one of a path's things is called, for the param of paths below it: `posts` is `post`, `blog-categories`
 * is `blogCategory`. It knows the usual plurals only; `resources` takes the word where it errs.
 */
export type SingularOf<Path extends string> = Singular<CamelCase<LastSegment<Path>>>;

type LastSegment<Path extends string> = Path extends `${string}/${infer Rest}` ? LastSegment<Rest> : Path;

type CamelCase<Words extends string> = Words extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Words;

type Singular<Word extends string> = Word extends `${infer Stem}ies`
  ? `${Stem}y`
  : Word extends `${infer Stem}es`
    ? Stem extends `${string}${"ch" | "sh" | "ss" | "x"}`
      ? Stem
      : `${Stem}e`
    : Word extends `${string}ss`
      ? Word
      : Word extends `${infer Stem}s`
        ? Stem
        : Word;

/** The same at run time. */
export function singularOf(path: string): string {
  const last = path.slice(path.lastIndexOf("/") + 1);
  const word = last.replace(/-(.?)/g, (_, letter: string) => letter.toUpperCase());
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(?:ch|sh|ss|x)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith("ss") || !word.endsWith("s") ? word : word.slice(0, -1);
}
