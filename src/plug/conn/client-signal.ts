import type { ServerResponse } from "node:http";

/** Why a signal of {@link clientSignal} was aborted, and what work that listens to it ends with. */
export class ClientGoneError extends Error {
  constructor() {
    super("the client went away before it was answered: nobody waits for the result any more");
    this.name = "ClientGoneError";
  }
}

/** A signal that is aborted when the client of a response goes away before all of it was handed over. */
export function clientSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const onClose = () => {
    if (!response.writableEnded) controller.abort(new ClientGoneError());
  };
  if (isClosed(response)) onClose();
  else response.once("close", onClose);
  return controller.signal;
}

/** Whether nothing reaches the client any more. */
export function isClosed(response: ServerResponse): boolean {
  return response.destroyed || response.closed || streamOf(response)?.destroyed === true;
}

/**
 * Breaks a response off, so that the client does not take what it got for the whole: over HTTP/1 its connection is
 * closed, over HTTP/2 only its stream is reset.
 */
export function breakOff(response: ServerResponse): void {
  const stream = streamOf(response);
  if (stream === undefined) response.destroy();
  else stream.close(internalError);
}

/** RFC 9113, section 7. */
const internalError = 2;

interface Http2Stream {
  readonly destroyed: boolean;
  close(code: number): void;
}

/** Responses of HTTP/2 have the stream that they are written to; those of HTTP/1 have a socket for themselves. */
function streamOf(response: ServerResponse): Http2Stream | undefined {
  return (response as { stream?: Http2Stream }).stream;
}
