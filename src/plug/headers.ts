/** Response headers by lower-case name, on an object without a prototype. */
export type Headers = Record<string, string | string[]>;

/** Headers that were checked once, to be put on many responses; see {@link headerSet}. */
export interface HeaderSet {
  readonly entries: readonly (readonly [name: string, value: string])[];
}

/**
 * Checks headers once, at start, so that `conn.putHeaders` can put them without looking at them again.
 *
 * @throws if a name or value may not stand in a response.
 */
export function headerSet(headers: Readonly<Record<string, string>>): HeaderSet {
  return {
    entries: Object.entries(headers).map(([name, value]) => {
      checkHeaderValue(name, value);
      return [headerName(name), value] as const;
    }),
  };
}

/**
 * The lower-case form of a header's name.
 *
 * @throws if it is no token (RFC 9110, section 5.1), or is `set-cookie`, which `conn.putCookie` writes.
 */
export function headerName(name: string): string {
  if (!token.test(name)) throw new Error(`${JSON.stringify(name)} cannot be a header's name (RFC 9110, section 5.1)`);
  const lowered = name.toLowerCase();
  if (lowered === "set-cookie")
    throw new Error("a set-cookie header is written with conn.putCookie(), not as a header");
  return lowered;
}

/**
 * Refuses a value that would end the header line or that HTTP cannot carry (RFC 9110, section 5.5).
 *
 * @throws if it contains anything but visible Latin-1 characters, spaces and tabs.
 */
export function checkHeaderValue(name: string, value: string): void {
  if (unsafe.test(value)) {
    throw new Error(
      `the value of the header "${name}" contains a line break or another character that a header cannot carry: ` +
        "encode it before it becomes a header, with encodeURIComponent() for instance",
    );
  }
}

const token = /^[\w!#$%&'*+.^`|~-]+$/;
const unsafe = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * What a page shows may be meant for one visitor only, and carries that visitor's tokens: no cache may hand it
 * to another, unless an action says otherwise.
 */
export function firstHeaders(): Headers {
  return { __proto__: null, "cache-control": "max-age=0, private, must-revalidate" } as unknown as Headers;
}
