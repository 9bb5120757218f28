import { type Dirent, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** The boundary of {@link multipart}. */
export const boundary = "----of-the-tests";
/** The content type of {@link multipart}. */
export const multipartType = `multipart/form-data; boundary=${boundary}`;

/** A part as it goes over the wire: its head, line by line, and its content. */
export interface Part {
  readonly head: readonly string[];
  readonly content: string | Buffer;
}

/** A field of a form. */
export function field(name: string, content: string | Buffer): Part {
  return { head: [`Content-Disposition: form-data; name="${name}"`], content };
}

/** A file of a form. */
export function file(name: string, filename: string, content: string | Buffer, type?: string): Part {
  const head = [`Content-Disposition: form-data; name="${name}"; filename="${filename}"`];
  return { head: type === undefined ? head : [...head, `Content-Type: ${type}`], content };
}

/** Writes a multipart body. */
export function multipart(parts: readonly Part[], { closed = true } = {}): Buffer {
  const pieces = parts.flatMap(({ head, content }) => [
    Buffer.from(`--${boundary}\r\n${head.map((line) => `${line}\r\n`).join("")}\r\n`),
    Buffer.from(content),
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([...pieces, Buffer.from(closed ? `--${boundary}--\r\n` : "")]);
}

/** Posts a body as it is. */
export function postMultipart(url: string, body: Buffer, type: string = multipartType): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": type }, body: new Uint8Array(body) });
}

/** A request as it goes over the wire, to be written to a socket. */
export function request(body: Buffer, headers: Readonly<Record<string, string | number>> = {}): Buffer {
  const all = { host: "x", "content-type": multipartType, "content-length": body.length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${lines.join("")}\r\n`), body]);
}

/** An empty directory that is removed after the test. */
export function temporaryDirectory(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "anqa-test-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The files in a directory and below, with their paths; what goes while it looks is not among them. */
export function filesBelow(directory: string): string[] {
  return entriesOf(directory).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Resolves when a condition holds; the test's time limit is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
