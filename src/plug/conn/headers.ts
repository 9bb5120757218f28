/**
 * Response headers as Node writes them, names and values in turn. Names are lower-case and stand once.
 * Looking one up is a walk, which for the dozen that a response has is faster than a table.
 */
export type HeaderList = string[];

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
 * What a page shows may be meant for one visitor only, and carries that visitor's tokens: no cache may hand it
 * to another, unless an action says otherwise.
 */
export function firstHeaders(): HeaderList {
  return ["cache-control", "max-age=0, private, must-revalidate"];
}

/** The value of a header, by its lower-case name. */
export function findHeader(headers: HeaderList, name: string): string | undefined {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return headers[at + 1];
  return undefined;
}

/** Sets a header that was checked, replacing an earlier value. */
export function putHeader(headers: HeaderList, name: string, value: string): void {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === name) {
      headers[at + 1] = value;
      return;
    }
  }
  headers.push(name, value);
}

/** Takes a header out, by its lower-case name. */
export function dropHeader(headers: HeaderList, name: string): void {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === name) {
      headers.splice(at, 2);
      return;
    }
  }
}

/**
 * The value of a `vary` header that names one more request header (RFC 9110, section 12.5.5).
 *
 * @param present its value so far.
 */
export function withVary(present: string | undefined, name: string): string {
  if (present === undefined || present === "") return name;
  if (present.trim() === "*") return present;
  const wanted = name.toLowerCase();
  const listed = present.split(",").some((field) => field.trim().toLowerCase() === wanted);
  return listed ? present : `${present}, ${name}`;
}

/**
 * The lower-case form of a header's name.
 *
 * @throws if it is no token (RFC 9110, section 5.1), or a header that something else has to write: `set-cookie`,
 * which is `conn.putCookie`'s, and `transfer-encoding`, which says how the server sends what it was given.
 */
export function headerName(name: string): string {
  if (!token.test(name)) throw new Error(`${JSON.stringify(name)} cannot be a header's name (RFC 9110, section 5.1)`);
  const lowered = name.toLowerCase();
  if (lowered === "set-cookie") {
    throw new Error("a set-cookie header is written with conn.putCookie(), not as a header");
  }
  if (lowered === "transfer-encoding") {
    throw new Error(
      "transfer-encoding is the server's to write (RFC 9112, section 6.1): a body whose length is not known is sent " +
        "with conn.sendStream() or conn.sendChunked()",
    );
  }
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
