import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from "node:http2";
import { after } from "node:test";
import { connect as connectSecurely, type TLSSocket } from "node:tls";
import type { EndpointOptions } from "../../src/endpoint/index.ts";
import { certificate, startEndpoint, type TestApplication, trusted } from "./support.ts";

/** An answer over HTTP/2. */
export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An endpoint with a certificate. */
export function startSecurely(options: Partial<EndpointOptions> = {}): Promise<TestApplication> {
  return startEndpoint({ https: certificate("first"), ...options });
}

/** Opens a connection that speaks HTTP/2. */
export async function openSession(base: string): Promise<ClientHttp2Session> {
  const session = connect(base, { ca: [...trusted] });
  session.on("error", () => {});
  after(() => session.destroy());
  await once(session, "connect");
  return session;
}

/** Sends a request and reads its answer to the end; rejects if the stream breaks off before. */
export function ask(
  session: ClientHttp2Session,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body?: string | Buffer,
): Promise<Http2Answer> {
  const stream = session.request({ ":path": path, ...headers }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    let head: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
    stream.on("response", (response) => {
      head = response;
    });
    stream.on("data", (chunk: Buffer) => received.push(chunk));
    stream.on("end", () => {
      if (head[":status"] === undefined || stream.rstCode !== 0) return;
      resolve({ status: head[":status"], headers: head, body: Buffer.concat(received).toString() });
    });
    stream.on("error", reject);
    stream.on("close", () => reject(new Error("the stream broke off before it was answered")));
  });
}

/** Opens a connection for HTTP/2 whose frames are written by hand; its preface and first settings are sent. */
export async function openFrames(base: string, settings = frame(4, 0, 0, "")): Promise<TLSSocket> {
  const port = Number(new URL(base).port);
  const socket = connectSecurely({ port, host: "127.0.0.1", ca: [...trusted], ALPNProtocols: ["h2"] });
  socket.on("error", () => {});
  after(() => socket.destroy());
  await once(socket, "secureConnect");
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  socket.write(settings);
  socket.resume();
  return socket;
}

/** One frame of HTTP/2 (RFC 9113, section 4.1). */
export function frame(type: number, flags: number, stream: number, payload: string | Buffer): Buffer {
  const content = Buffer.from(payload as string, "latin1");
  const head = Buffer.alloc(9);
  head.writeUIntBE(content.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, content]);
}

/** A header that is not indexed, in the plain form of HPACK (RFC 7541, section 6.2.2). */
export function header(name: string, value: string): string {
  return `\0${hpackString(name)}${hpackString(value)}`;
}

/** What every request has. */
export function requestHeaders(method: string): string {
  return (
    header(":method", method) + header(":scheme", "https") + header(":path", "/") + header(":authority", "localhost")
  );
}

/** Flags of frames with headers (RFC 9113, section 6.2). */
export const endStream = 1;
export const endHeaders = 4;

/** A string with its length, of seven bits and then seven more each (RFC 7541, section 5.1). */
function hpackString(text: string): string {
  if (text.length < 127) return String.fromCharCode(text.length) + text;
  let rest = text.length - 127;
  let length = "\x7f";
  for (; rest >= 128; rest >>= 7) length += String.fromCharCode((rest & 127) | 128);
  return length + String.fromCharCode(rest) + text;
}
