import type { ServerResponse } from "node:http";
import { breakOff } from "./client-signal.ts";
import type { ContentCoding } from "./content-coding.ts";

/** Whether a response with this status ends after its head (RFC 9110, sections 8.6 and 15.4.5). */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 304 || status < 200;
}

/**
 * Writes a response as a whole: head and body leave together.
 *
 * @param headers names and values in turn, without `content-length`.
 * @param hasBody false for HEAD: the head is the same, the body left out.
 */
export function sendWhole(
  response: ServerResponse,
  status: number,
  headers: (string | string[])[],
  body: string | Uint8Array,
  hasBody: boolean,
): void {
  if (isBodyless(status)) {
    response.writeHead(status, headers as string[]).end();
    return;
  }
  const length = Buffer.byteLength(body);
  headers.push("content-length", String(length));
  response.writeHead(status, headers as string[]);
  if (!hasBody) response.end();
  // A text of as many bytes as characters is ASCII, which Node writes faster as what it is.
  else if (length === body.length && typeof body === "string") response.end(body, "latin1");
  else response.end(body);
}

/** As {@link sendWhole}, after the body was coded, which may take a while. */
export function sendCoded(
  response: ServerResponse,
  status: number,
  headers: (string | string[])[],
  body: string | Uint8Array,
  coding: ContentCoding,
): void {
  const write = (coded: Uint8Array) => {
    if (!response.headersSent) sendWhole(response, status, headers, coded, true);
  };
  const coded = coding.encode(body);
  if (coded instanceof Uint8Array) write(coded);
  else coded.then(write).catch(() => breakOff(response));
}
