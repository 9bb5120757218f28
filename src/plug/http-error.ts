import { STATUS_CODES } from "node:http";

/**
 * An error that is the request's fault, or at least has a status to answer it with.
 *
 * Throw it anywhere while a request is handled; the endpoint renders the error page of its status. The
 * message is for the developer and stays out of production's pages.
 *
 * @example
 * if (post === undefined) throw new HttpError(404, `there is no post ${id}`);
 */
export class HttpError extends Error {
  /** 400 to 599. */
  readonly status: number;

  /** @param message what happened and what to do; the status's reason phrase if absent. */
  constructor(status: number, message: string = reasonPhrase(status), options?: ErrorOptions) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
  }
}

/** The words that go with a status: `Not Found` (RFC 9110, section 15). */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? "Unknown Status";
}
