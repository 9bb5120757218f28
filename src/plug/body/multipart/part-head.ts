import { isUtf8 } from "node:buffer";
import { HttpError } from "../../http-error.ts";

/** What stands before the content of a part, as far as forms use it. */
export interface PartHead {
  /** The name of the form's field; undefined if the part has none. */
  readonly name: string | undefined;
  /** The file's name without folders; undefined if the part is no file, empty if none was chosen. */
  readonly filename: string | undefined;
  /** As it was sent. */
  readonly contentType: string | undefined;
}

/** The header fields of a part: values by lower-case name, a byte per character. */
export type PartHeaders = Readonly<Record<string, readonly string[]>>;

/** Bytes that a field's name may have. */
const maxNameBytes = 1_000;

/**
 * Reads the header fields of a part (RFC 7578, section 4).
 *
 * Names and file names are read as browsers write them: UTF-8, with `%22`, `%0D` and `%0A` for quotation marks and
 * line breaks (HTML Standard, "multipart/form-data encoding algorithm"). Quotation marks behind a backslash and
 * `filename*` (RFC 8187), as other clients write them, are understood as well; `filename*` goes before `filename`.
 *
 * @throws HttpError 400 for what is malformed or not UTF-8, 413 for a name over 1,000 bytes.
 */
export function readPartHead(headers: PartHeaders): PartHead {
  const [disposition, another] = headers["content-disposition"] ?? [];
  const contentType = headers["content-type"]?.[0];
  if (another !== undefined) throw malformed("two content-dispositions");
  if (contentType !== undefined && notInHeaders.test(contentType)) throw malformed("a content type that is none");
  if (disposition === undefined) return { name: undefined, filename: undefined, contentType };
  const parameters = readParameters(disposition);
  const name = parameters.get("name");
  if (name !== undefined && name.length > maxNameBytes)
    throw new HttpError(413, `the name of a field of a multipart form is longer than ${maxNameBytes} bytes`);
  const extended = parameters.get("filename*");
  const plain = parameters.get("filename");
  const filename = extended === undefined ? plain && fromBrowser(plain) : decodeExtended(extended);
  return { name: name && fromBrowser(name), filename: filename && baseName(filename), contentType };
}

/** The parameters of a `content-disposition` by lower-case name, undecoded. */
function readParameters(disposition: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const type = formData.exec(disposition)?.[0];
  if (type === undefined) return parameters;
  let position = type.length;
  while (!atEnd(disposition, position)) {
    start.lastIndex = position;
    const name = start.exec(disposition)?.[1]?.toLowerCase();
    if (name === undefined) throw malformed("a content-disposition that cannot be read");
    if (parameters.has(name)) throw malformed(`two parameters ${name} in a content-disposition`);
    position = start.lastIndex;
    const value = disposition[position] === '"' ? quoted(disposition, position) : unquoted(disposition, position);
    parameters.set(name, value.text);
    position = value.end;
  }
  return parameters;
}

/** Whether nothing follows but a semicolon, which some clients end with. */
function atEnd(text: string, position: number): boolean {
  rest.lastIndex = position;
  return rest.test(text);
}

/**
 * Browsers leave backslashes as they are, other clients escape with them. So a text ends at the first quotation mark
 * that a semicolon follows, or nothing.
 */
function quoted(text: string, position: number): { readonly text: string; readonly end: number } {
  for (let mark = text.indexOf('"', position + 1); mark !== -1; mark = text.indexOf('"', mark + 1)) {
    boundary.lastIndex = mark + 1;
    if (boundary.test(text)) {
      return { text: text.slice(position + 1, mark).replaceAll('\\"', '"'), end: boundary.lastIndex };
    }
  }
  throw malformed("a content-disposition with a quotation mark that is not closed");
}

function unquoted(text: string, position: number): { readonly text: string; readonly end: number } {
  const semicolon = text.indexOf(";", position);
  const end = semicolon === -1 ? text.length : semicolon;
  return { text: text.slice(position, end).trim(), end };
}

function fromBrowser(text: string): string {
  return decodeBytes(Buffer.from(text, "latin1")).replace(/%22|%0D|%0A/gi, (code) => decodeURIComponent(code));
}

/** Decodes `UTF-8'en'na%C3%AFve.txt` (RFC 8187, section 3.2). */
function decodeExtended(value: string): string {
  const [, charset, encoded] = extendedValue.exec(value) ?? [];
  if (encoded === undefined || charset === undefined) throw malformed("a filename* that is not as RFC 8187 says");
  const bytes = Buffer.from(
    encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
  if (charset.toLowerCase() === "iso-8859-1") return withoutNull(bytes.toString("latin1"));
  return decodeBytes(bytes);
}

function decodeBytes(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw malformed("a name that is not UTF-8");
  return withoutNull(bytes.toString());
}

function withoutNull(text: string): string {
  if (text.includes("\0")) throw malformed("a name with a null character");
  return text;
}

/** Some clients send the whole path, of whatever system: only its last piece is the file's name. */
function baseName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return name === "" || name === "." || name === ".." ? "unnamed" : name;
}

/** @param what what the part has. */
function malformed(what: string): HttpError {
  return new HttpError(400, `a part of the multipart body has ${what}`);
}

const formData = /^\s*form-data\s*(?=;|$)/i;
const start = /;[ \t]*([^\s=;"]+)[ \t]*=[ \t]*/y;
const rest = /;?[ \t]*$/y;
const boundary = /[ \t]*(?=;|$)/y;
const extendedValue = /^(utf-8|iso-8859-1)'[\w-]*'((?:[\w!#$&+\-.^`|~]|%[0-9a-f]{2})*)$/i;
const notInHeaders = /[^\t\x20-\x7e\x80-\xff]/;
