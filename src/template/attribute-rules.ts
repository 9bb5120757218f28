const urlAttributes: ReadonlySet<string> = new Set("action data formaction href poster src xlink:href".split(" "));
const wordAttributes: ReadonlySet<string> = new Set(["contenteditable", "draggable", "spellcheck"]);

/** Whether the attribute holds an address that a browser may follow. `name` in lower case. */
export function isUrlAttribute(name: string): boolean {
  return urlAttributes.has(name);
}

/**
 * Whether a boolean is written as the word `true` or `false`, because leaving the attribute away does not mean
 * `false`. `name` in lower case.
 */
export function takesWords(name: string): boolean {
  return name.startsWith("aria-") || wordAttributes.has(name);
}
