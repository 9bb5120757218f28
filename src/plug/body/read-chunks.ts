import type { Conn } from "../conn.ts";
import { HttpError } from "../http-error.ts";
import type { BodyLimits } from "./body-parser.ts";
import { BodyRate, minimumRate } from "./body-rate.ts";

/** Who takes in a body. */
export interface BodyTaker<Result> {
  /** Is given every chunk; answers false to make the client wait until `resume` is called. */
  take(chunk: Buffer): boolean;
  /** Makes the result when all has arrived, so many bytes. */
  finish(size: number): Result | Promise<Result>;
  /** Is given the means to intervene, before the first chunk. */
  begin?(control: BodyControl): void;
}

/** How a {@link BodyTaker} intervenes in the reading. */
export interface BodyControl {
  /** Lets the client go on. */
  resume(): void;
  /** Ends the reading with an error; without effect if it has ended. */
  refuse(error: unknown): void;
}

type Limits = Pick<BodyLimits, "maxBytes" | "bodyTimeout">;

/**
 * Takes in the body of a request, chunk by chunk, as far as its limits allow, and as fast as it has to come: see
 * {@link BodyRate}.
 *
 * @returns what the taker makes of it; undefined if the client went away before all had arrived.
 * @throws HttpError 413 if the body is larger than allowed: before reading if its length is announced, else when the
 * limit is reached; 408 if it comes too slowly, after which the connection is closed. What the taker throws. An Error
 * if somebody else has read the body.
 */
export function readChunks<Result>(conn: Conn, limits: Limits, taker: BodyTaker<Result>): Promise<Result | undefined> {
  const { request } = conn;
  if (request.readableEnded)
    throw new Error(`the body of ${conn.method} ${conn.path} was already read by another plug`);
  if (request.destroyed) return Promise.resolve(undefined);
  const length = request.headers["content-length"];
  const announced = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
  if (length !== undefined && announced > limits.maxBytes) {
    discardBody(conn, limits.bodyTimeout);
    throw tooLarge(conn, limits);
  }
  return new Promise((resolve, reject) => {
    let size = 0;
    let paused = false;
    let settled = false;
    let rate: BodyRate | undefined;

    const settle = () => {
      settled = true;
      rate?.stop();
      request.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
    };
    const refuse = (error: unknown) => {
      if (settled) return;
      settle();
      discardBody(conn, limits.bodyTimeout);
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      rate?.add(chunk.length);
      if (size > limits.maxBytes) return refuse(tooLarge(conn, limits));
      try {
        if (taker.take(chunk) || settled) return;
      } catch (error) {
        return refuse(error);
      }
      paused = true;
      rate?.hold();
      request.pause();
    };
    const onEnd = () => {
      settle();
      try {
        resolve(taker.finish(size));
      } catch (error) {
        reject(error);
      }
    };
    const onGone = () => {
      settle();
      resolve(undefined);
    };
    taker.begin?.({
      refuse,
      resume() {
        if (!paused) return;
        paused = false;
        rate?.release();
        request.resume();
      },
    });
    request.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
    // Most bodies come along with their head, and are here by then: nobody needs to watch them.
    process.nextTick(() => {
      if (settled || size >= announced) return;
      rate = new BodyRate(limits.bodyTimeout, size, paused, (arrived) => {
        // Nothing more is wanted of this client. HTTP/2 knows no such header.
        if (request.httpVersionMajor < 2 && !conn.sent) conn.setHeader("connection", "close");
        refuse(tooSlow(conn, limits, arrived));
      });
    });
  });
}

/**
 * Throws away what a client still sends of a body that is refused, so that it gets to read the answer, and closes
 * the connection if that takes longer than some milliseconds.
 */
export function discardBody(conn: Conn, milliseconds: number): void {
  const { request } = conn;
  if (request.readableEnded || request.destroyed || conn.getPrivate(discarded) === true) return;
  conn.putPrivate(discarded, true);
  const timer = setTimeout(() => request.destroy(), milliseconds).unref();
  request.once("close", () => clearTimeout(timer));
  request.resume();
}

const discarded = Symbol("body discarded");

function tooLarge({ method, path }: Conn, { maxBytes }: Limits): HttpError {
  return new HttpError(
    413,
    `the body of ${method} ${path} is larger than ${maxBytes} bytes: if it may be, raise maxBodyBytes of the endpoint, ` +
      "or maxBytes of parseBody() for some routes",
  );
}

function tooSlow({ method, path }: Conn, { bodyTimeout }: Limits, arrived: number): HttpError {
  return new HttpError(
    408,
    `the body of ${method} ${path} came too slowly: ${arrived} bytes in ${bodyTimeout} ms, where ${minimumRate} bytes ` +
      "per second are the least",
  );
}
