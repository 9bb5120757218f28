import { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/*
 * Requests and responses of HTTP/2 in the shape of those of HTTP/1.1, so that conn, plugs and actions need not know
 * which of the two came. Node's compatibility API does most of it; these are the rest.
 */

type Given = ConstructorParameters<typeof Http2ServerRequest>;

/** A request of HTTP/2 that names its host where those of HTTP/1.1 do, and that breaks off as they do. */
export class Http2Request extends Http2ServerRequest {
  constructor(stream: Given[0], headers: Given[1], options: Given[2], rawHeaders: Given[3]) {
    // Node emits `close` with the stream's.
    super(stream, headers, { ...options, emitClose: false }, rawHeaders);
    // RFC 9113, section 8.3.1. A `host` of the client's own that differs is refused later.
    headers.host ??= headers[":authority"] as string | undefined;
    // Node would end it, and half a body would be taken for the whole.
    if (!stream.endAfterHeaders) stream.on("aborted", () => this.#breakOff());
  }

  #breakOff(): void {
    if (!this.readableEnded) this.destroy(this.listenerCount("error") > 0 ? new Error("aborted") : undefined);
  }
}

/** A response of HTTP/2 that says whether it has been destroyed, as those of HTTP/1.1 do. */
export class Http2Response extends Http2ServerResponse<Http2Request> {}

// The types have these as properties already, which classes could not make getters of.

Object.defineProperty(Http2Request.prototype, "complete", {
  get(this: Http2Request) {
    return this.stream.endAfterHeaders || this.readableEnded;
  },
});

Object.defineProperty(Http2Response.prototype, "destroyed", {
  get(this: Http2Response) {
    return this.stream.destroyed;
  },
});
