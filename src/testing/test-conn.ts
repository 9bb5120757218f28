import { flashOf } from "../controller/index.ts";
import type { Endpoint } from "../endpoint/index.ts";
import type { Conn, Params, SessionData } from "../plug/index.ts";
import type { Route } from "../router/index.ts";
import { type CookieJar, type ResponseCookie, responseCookies } from "./cookie-jar.ts";
import type { Answer, SentRequest } from "./exchange.ts";

/** What the next request of a {@link TestConn} is made from. */
export interface NextRequest {
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: CookieJar;
  /** What is put into the session as soon as a plug fetches it. */
  readonly session: SessionData;
  /** What is put into the flash as soon as a plug fetches it. */
  readonly flash: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
  readonly https: boolean;
  /** Whether requests come with the token that forms of the application have. */
  readonly csrfToken: boolean;
}

/** A request that was made, and what became of it. */
export interface Outcome {
  readonly request: SentRequest;
  /** Absent if a plug was run alone, which did not answer. */
  readonly answer: Answer | undefined;
  /** The conn that went through the plugs. Absent for requests that were refused unseen. */
  readonly served: Conn | undefined;
  readonly route: Route | undefined;
  readonly error: unknown;
}

/**
 * A visitor of an application under test: what the next request will have, and what the last one was answered.
 *
 * It never changes. Every function of this room that takes one gives back another, so one visitor can be the beginning
 * of several stories. Made by `conn()`.
 */
export class TestConn {
  /** What requests go to. Absent where a plug was run alone. */
  readonly endpoint: Endpoint | undefined;
  readonly next: NextRequest;
  /** Absent before the first request. */
  readonly last: Outcome | undefined;

  constructor(endpoint: Endpoint | undefined, next: NextRequest, last?: Outcome) {
    this.endpoint = endpoint;
    this.next = next;
    this.last = last;
  }

  /**
   * The status of the answer.
   *
   * @throws if there is none, as do all that say what was answered.
   */
  get status(): number {
    return this.#answer.status;
  }

  /** The headers of the answer: `page.headers.get("content-type")`. */
  get headers(): Headers {
    return this.#answer.headers;
  }

  /** The body of the answer as text. */
  get body(): string {
    return this.bytes.toString();
  }

  /** The body of the answer as it came. */
  get bytes(): Buffer {
    return this.#answer.body;
  }

  /** The `link` headers that were sent ahead of the answer, by `sendEarlyHints`. */
  get earlyHints(): readonly string[] {
    return this.#answer.earlyHints;
  }

  /** The cookies that the answer set, with their attributes, by name; an expired one has a `maxAge` of 0. */
  get responseCookies(): Readonly<Record<string, ResponseCookie>> {
    return responseCookies(this.headers);
  }

  /** The values of the cookies that the visitor has now, by name. */
  get cookies(): Readonly<Record<string, string>> {
    return this.next.cookies.values;
  }

  /** The server's conn of the last request, for what is not here. */
  get served(): Conn {
    return this.#outcome.served ?? this.#missing("the request was refused before there was a conn");
  }

  /** The values that plugs and the action assigned. */
  get assigns(): Readonly<Record<string, unknown>> {
    return this.served.assigns;
  }

  /** The params as the action got them. */
  get params(): Params {
    return this.served.params;
  }

  /**
   * What the session held at the end of the request, what the framework keeps in it included (`_csrf_token`, `_flash`);
   * nothing where no plug fetched it.
   */
  get session(): SessionData {
    const { served } = this;
    return served.hasSession && served.session.fate !== "dropped" ? served.session.data : {};
  }

  /** The messages of the flash by kind: those that came with the request, and those that were put. */
  get flash(): Readonly<Record<string, string>> {
    return flashOf(this.served);
  }

  /** Whether a plug halted. */
  get halted(): boolean {
    return this.served.halted;
  }

  /** Whether there is an answer: always, unless a plug was run alone. */
  get sent(): boolean {
    return this.#outcome.answer !== undefined;
  }

  /** The route that was found, if one was. */
  get route(): Route | undefined {
    return this.#outcome.route;
  }

  /** What the application threw, if that is what was answered. */
  get error(): unknown {
    return this.#outcome.error;
  }

  get #outcome(): Outcome {
    return this.last ?? this.#missing("no request was made yet: use what get() and the like resolve with");
  }

  get #answer(): Answer {
    return this.#outcome.answer ?? this.#missing("the plug did not answer");
  }

  #missing(why: string): never {
    const { request } = this.last ?? {};
    throw new Error(request === undefined ? why : `${request.method} ${request.target}: ${why}`);
  }
}
