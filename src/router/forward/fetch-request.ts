import type { IncomingMessage } from "node:http";
import { type Conn, HttpError } from "../../plug/index.ts";

/** A request of the Fetch API, made of a conn's. */
export interface FetchRequest {
  readonly request: Request;
  /** Lets go of the body, read or not, so that the connection can take the next request. */
  release(): void;
}

/**
 * Makes a Request of the request of a conn. Its body is read from the client only as the handler reads it, up to
 * `config.maxBodyBytes`.
 *
 * @throws HttpError 413 if the announced body is too large, 501 for methods that the Fetch API refuses (CONNECT, TRACE);
 * an Error if another plug has read the body.
 */
export function fetchRequest(conn: Conn): FetchRequest {
  const { method, request } = conn;
  if (method === "CONNECT" || method === "TRACE")
    throw new HttpError(501, `${method} cannot be handed to a fetch function`);
  const chunks = method === "GET" || method === "HEAD" || !hasBody(request) ? undefined : openBody(conn);
  return {
    request: new Request(urlOf(conn), {
      method,
      headers: headersOf(request),
      signal: conn.signal,
      ...(chunks && { body: bodyStream(conn, chunks), duplex: "half" }),
    }),
    release() {
      if (chunks === undefined) return;
      // What was not read would keep the next request of the connection from being read.
      chunks.return?.().then(
        () => request.resume(),
        () => {},
      );
    },
  };
}

/** As the client asked for it, without what was taken off the path. */
function urlOf({ scheme, host, port, path, queryString }: Conn): string {
  return `${scheme}://${host}:${port}${path}${queryString === "" ? "" : `?${queryString}`}`;
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    if (name.startsWith(":") || ofConnection.has(name)) continue;
    for (const value of values) headers.append(name, value);
  }
  return headers;
}

/** Headers that are about a connection and not about what it carries (RFC 9110, section 7.6.1). */
export const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** RFC 9112, section 6: a request has a body if one of these headers says so. HTTP/2 says it otherwise. */
function hasBody({ headers, httpVersionMajor }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return httpVersionMajor > 1 || headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

type Chunks = AsyncIterator<Buffer, undefined>;

function openBody(conn: Conn): Chunks {
  const { request, config, method, path } = conn;
  if (request.readableDidRead) {
    throw new Error(
      `${method} ${path} is forwarded to a fetch function, but another plug has read its body: forward through ` +
        "pipelines without parseBody()",
    );
  }
  if (Number(request.headers["content-length"] ?? 0) > config.maxBodyBytes) throw tooLarge(conn);
  return request.iterator({ destroyOnReturn: false }) as unknown as Chunks;
}

function bodyStream(conn: Conn, chunks: Chunks): ReadableStream<Uint8Array> {
  let size = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done === true) return controller.close();
        size += value.length;
        if (size > conn.config.maxBodyBytes) throw tooLarge(conn);
        controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

function tooLarge({ method, path, config }: Conn): HttpError {
  return new HttpError(
    413,
    `the body of ${method} ${path} is larger than ${config.maxBodyBytes} bytes: raise maxBodyBytes of the endpoint if it may be`,
  );
}
