import type { Hole } from "./hole.ts";
import { urlWithRunningScheme } from "./refusals.ts";

const runningSchemes = ["javascript:", "vbscript:", "data:text/html"] as const;

/** What browsers skip in front of and inside of a scheme, and some more. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
const skippedByBrowsers = /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\ufeff]+/g;

/**
 * Makes an address harmless that would run as code when it is followed.
 *
 * @param text the beginning of an address, unescaped.
 * @param continued whether more text follows that could complete a scheme: then a part of one is suspicious too.
 * @returns `text`, or `unsafe:` and `text`: an address that leads nowhere.
 */
export function harmlessUrl(text: string, continued: boolean): string {
  return couldRun(text, continued) ? `unsafe:${text}` : text;
}

/**
 * Decides which holes of a quoted address need {@link harmlessUrl}: those before which there is nothing yet.
 *
 * @param parts the text of the value around its holes, one more than `holes`.
 * @throws if the text begins an address that runs, so that a hole would stand in code.
 */
export function guardUrlHoles(parts: readonly string[], holes: readonly Hole[]): void {
  let before = "";
  for (const [index, hole] of holes.entries()) {
    before += parts[index];
    if (withoutSkipped(before) !== "") {
      if (index === 0 && couldRun(before, true)) throw hole.error(urlWithRunningScheme);
      return;
    }
    const after = parts[index + 1] as string;
    const endsScheme = after === "" ? index === holes.length - 1 : "/?#".includes(after[0] as string);
    hole.url = endsScheme ? "whole" : "continued";
  }
}

function couldRun(text: string, continued: boolean): boolean {
  if (!continued && !text.includes(":")) return false;
  const start = withoutSkipped(text).toLowerCase();
  return runningSchemes.some(
    (scheme) => start.startsWith(scheme) || (continued && start !== "" && scheme.startsWith(start)),
  );
}

function withoutSkipped(text: string): string {
  return text.replace(skippedByBrowsers, "");
}
