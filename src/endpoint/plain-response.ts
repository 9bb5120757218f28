import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

/** Answers a request that no application code is asked about with one line of text. */
export function sendPlain(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...(response.req.httpVersionMajor === 2 ? withoutConnection(headers) : headers),
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "x-content-type-options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : text);
}

/** Milliseconds that a client gets to read what it was told last, and to stop sending. */
const linger = 1_000;

/** Answers on a socket that has no response object, an upgrade or malformed HTTP, and closes it. */
export function refuseSocket(
  socket: Socket,
  status: number,
  text = STATUS_CODES[status] ?? "",
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const lines = Object.entries({
    ...headers,
    connection: "close",
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "x-content-type-options": "nosniff",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  endSocket(socket, `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${text}`);
}

/**
 * Ends a socket in a way that what was written to it arrives: closed with something unread, TCP would take it back
 * (RFC 9112, section 9.6).
 */
export function endSocket(socket: Socket, lastWords = ""): void {
  socket.end(lastWords);
  const timer = setTimeout(() => socket.destroy(), linger);
  socket.once("end", () => socket.destroy()).once("close", () => clearTimeout(timer));
  socket.resume();
}

/** The path of a request target, without its query. */
export function pathOf(target: string): string {
  const mark = target.indexOf("?");
  return mark === -1 ? target : target.slice(0, mark);
}

/** RFC 9113, section 8.2.2: HTTP/2 has no such header. */
function withoutConnection({ connection: _, ...headers }: Readonly<Record<string, string>>): Record<string, string> {
  return headers;
}
