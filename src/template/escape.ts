const forAttribute = /[&<>"']/;

/** Escapes text for a place between tags: `&`, `<` and `>`. */
export function escapeText(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === 38 || character === 60 || character === 62) return replaceFrom(text, index, false);
  }
  return text;
}

/** Escapes text for a quoted attribute value: `&`, `<`, `>` and both quotes. */
export function escapeAttribute(text: string): string {
  const first = text.search(forAttribute);
  return first === -1 ? text : replaceFrom(text, first, true);
}

function replaceFrom(text: string, first: number, quotes: boolean): string {
  let escaped = "";
  let copied = 0;
  for (let index = first; index < text.length; index++) {
    const entity = entityOf(text.charCodeAt(index), quotes);
    if (entity === undefined) continue;
    escaped += text.slice(copied, index) + entity;
    copied = index + 1;
  }
  return escaped + text.slice(copied);
}

function entityOf(character: number, quotes: boolean): string | undefined {
  switch (character) {
    case 38:
      return "&amp;";
    case 60:
      return "&lt;";
    case 62:
      return "&gt;";
    case 34:
      return quotes ? "&quot;" : undefined;
    case 39:
      return quotes ? "&#39;" : undefined;
    default:
      return undefined;
  }
}
