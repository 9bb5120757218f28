import type { IncomingMessage, RequestListener } from "node:http";
import inject from "light-my-request";

/** A request as it would go over the wire. */
export interface SentRequest {
  /** In capitals. */
  readonly method: string;
  /** Path and query, as they are: nothing is resolved or encoded. */
  readonly target: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly remoteAddress: string;
  /** Whether it comes by TLS. */
  readonly https: boolean;
}

/** An answer as it would come over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** The links of responses 103 that preceded it. */
  readonly earlyHints: readonly string[];
}

/** What an {@link exchange} rejects with if the answer was begun and broken off. */
export class BrokenAnswerError extends Error {}

/**
 * Gives a request to a server without a connection between them. `listener` is called before this returns.
 *
 * @returns the answer once all of it is written.
 * @throws (rejects) BrokenAnswerError.
 */
export function exchange(request: SentRequest, listener: RequestListener): Promise<Answer> {
  const { method, headers, body, remoteAddress } = request;
  const options = {
    url: "/",
    method: method as "GET",
    headers,
    remoteAddress,
    validate: false,
    ...(body === undefined ? {} : { payload: body }),
  };
  const earlyHints: string[] = [];
  return new Promise((resolve, reject) => {
    inject(
      (incoming, response) => {
        complete(incoming, request);
        response.writeEarlyHints = ({ link = [] }) => {
          earlyHints.push(...[link].flat());
        };
        listener(incoming, response);
      },
      options,
      (error, answer) => {
        if (error || answer === undefined) reject(new BrokenAnswerError("the answer was broken off", { cause: error }));
        else {
          const { statusCode: status, rawPayload } = answer;
          resolve({ status, headers: headersOf(answer.headers), body: rawPayload, earlyHints });
        }
      },
    );
  });
}

/** The library would resolve `..` in the target, and knows no TLS. */
function complete(incoming: IncomingMessage, { target, https }: SentRequest): void {
  incoming.url = target;
  if (https) Object.assign(incoming.socket, { encrypted: true });
}

function headersOf(given: Readonly<Record<string, number | string | readonly string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "object") for (const line of value) headers.append(name, line);
    else if (value !== undefined) headers.set(name, String(value));
  }
  return headers;
}
