const longest = 200;
/** Control and format characters: a terminal would obey some, others turn a line around. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * A text that strangers chose, for a log line: in quotes, on one line, and not endless.
 *
 * @example quoted("room:\nforged line") // "room:\\u000aforged line", in quotes
 */
export function quoted(text: string): string {
  return `"${visible(text, longest)}"`;
}

/** As {@link quoted}, without the quotes. */
export function visible(text: string, most: number): string {
  const shown = text.length > most ? `${text.slice(0, most)}…` : text;
  return shown.replace(invisible, escaped);
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
