/** What one proxy says of the request as it received it (RFC 7239, section 4), as texts. */
export interface ForwardedElement {
  /** Who made the request to the proxy: an address, `unknown`, or a made-up `_name`. */
  readonly for?: string;
  readonly by?: string;
  readonly host?: string;
  readonly proto?: string;
}

/**
 * Reads a `forwarded` header: one element for each proxy on the way, the nearest last.
 *
 * @returns undefined if it is malformed. Never throws.
 * @example parseForwarded('for="[2001:db8::1]:80";proto=https, for=10.0.0.1')
 */
export function parseForwarded(header: string): readonly ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = [];
  let element: Record<string, string> | undefined;
  let position = 0;
  while (position < header.length) {
    pair.lastIndex = position;
    const [whole = "", name, token, quoted, separator] = pair.exec(header) ?? [];
    position += whole.length;
    // What is left is neither a parameter nor a separator.
    if (separator === undefined && position < header.length) return undefined;
    if (name !== undefined) {
      element ??= {};
      const key = name.toLowerCase();
      // Each may stand once only: two readers could choose differently.
      if (Object.hasOwn(element, key)) return undefined;
      if (known.has(key)) element[key] = token ?? (quoted as string).replace(/\\([\s\S])/g, "$1");
    }
    if (separator === "," && element !== undefined) {
      elements.push(element);
      element = undefined;
    }
  }
  return element === undefined ? elements : [...elements, element];
}

const known: ReadonlySet<string> = new Set(["for", "by", "host", "proto"]);

/** A parameter, or none, and what follows it. Addresses with ports are read without the quotes they should have. */
const pair = /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~:[\]-]+)|"((?:[^"\\]|\\[\s\S])*)"))?[ \t]*([,;])?/y;
