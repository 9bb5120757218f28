/** A join that is turned down: made by {@link refuse}. */
export class Refusal {
  readonly response: object;

  constructor(response: object) {
    this.response = response;
  }
}

/**
 * Turns a join down.
 *
 * @param response what the client's `receive("error", …)` gets, by convention with a `reason`.
 */
export function refuse(response: object): Refusal {
  return new Refusal(response);
}

/** A join that is answered with more than `{}`: made by {@link accept}. */
export class Acceptance<Socket> {
  readonly socket: Socket;
  readonly response: object;

  constructor(socket: Socket, response: object) {
    this.socket = socket;
    this.response = response;
  }
}

/**
 * Accepts a join and tells the client something with it.
 *
 * @example .join(async ({ rest }, _params, socket) => accept(socket.assign({ room: rest }), { history: await load(rest) }))
 */
export function accept<Socket>(socket: Socket, response: object): Acceptance<Socket> {
  return new Acceptance(socket, response);
}

/** The answer to a client's message: made by {@link reply} and {@link replyError}. */
export class Reply {
  readonly status: "ok" | "error";
  readonly response: object;

  constructor(status: "ok" | "error", response: object) {
    this.status = status;
    this.response = response;
  }
}

/** Answers a message: the client's `receive("ok", …)` gets `response`. */
export function reply(response: object = {}): Reply {
  return new Reply("ok", response);
}

/** Answers a message with an error: the client's `receive("error", …)` gets `response`. */
export function replyError(response: object): Reply {
  return new Reply("error", response);
}

/** The end of a channel, at its own wish: made by {@link stop}. */
export class Stop {
  readonly reply: Reply | undefined;

  constructor(reply: Reply | undefined) {
    this.reply = reply;
  }
}

/** Ends the channel in peace; the client gets the reply, if there is one, then `phx_close`. */
export function stop(reply?: Reply): Stop {
  return new Stop(reply);
}
