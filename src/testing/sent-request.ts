import type { SentRequest } from "./exchange.ts";
import { type EncodedBody, encodeBody, queryOf, type RequestBody } from "./request-body.ts";
import type { NextRequest } from "./test-conn.ts";

/**
 * The request that a visitor makes.
 *
 * @param method in capitals.
 * @param path or a whole URL.
 * @throws for a path that is none, and for a body that cannot be sent.
 */
export async function sentRequest(
  next: NextRequest,
  method: string,
  path: string,
  body: RequestBody | undefined,
): Promise<SentRequest> {
  if (body === undefined) return plainRequest(next, method, path);
  if (method === "GET" || method === "HEAD") {
    const request = plainRequest(next, method, path);
    return { ...request, target: withQuery(request.target, queryOf(body)) };
  }
  return plainRequest(next, method, path, await encodeBody(body, next.headers["content-type"]));
}

/** The same, where there is no body to encode. */
export function plainRequest(next: NextRequest, method: string, path: string, body?: EncodedBody): SentRequest {
  const { target, https, host } = placeOf(next, path);
  const cookie = next.headers.cookie ?? next.cookies.header(pathOf(target));
  const headers = {
    "user-agent": "anqa/testing",
    ...lengthOf(method, body),
    ...next.headers,
    host,
    ...(cookie === undefined ? {} : { cookie }),
    ...(body?.contentType === undefined ? {} : { "content-type": body.contentType }),
  };
  return { method, target, headers, https, body: body?.bytes, remoteAddress: next.remoteAddress };
}

/** The path of a target, without its query. */
export function pathOf(target: string): string {
  return target.replace(/\?.*$/s, "");
}

/** As clients do it (RFC 9110, section 8.6): none says that there is nothing where nothing is expected. */
function lengthOf(method: string, body: EncodedBody | undefined): { readonly "content-length"?: string } {
  if (body !== undefined) return { "content-length": String(body.bytes.length) };
  return ["POST", "PUT", "PATCH"].includes(method) ? { "content-length": "0" } : {};
}

function placeOf({ headers, https }: NextRequest, path: string): { target: string; https: boolean; host: string } {
  const [, scheme, host, target = ""] = /^(https?):\/\/([^/?#]+)([^#]*)/i.exec(path) ?? [];
  if (host !== undefined) {
    return { target: target.startsWith("/") ? target : `/${target}`, https: scheme?.toLowerCase() === "https", host };
  }
  if (!path.startsWith("/") && path !== "*") {
    throw new TypeError(`${JSON.stringify(path)} is no path: it begins with "/"`);
  }
  return { target: path.replace(/#.*$/s, ""), https, host: headers.host as string };
}

function withQuery(target: string, query: string): string {
  if (query === "") return target;
  return `${target}${target.includes("?") ? "&" : "?"}${query}`;
}
