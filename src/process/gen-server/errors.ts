import type { ExitReason } from "../message.ts";

/** A call that was not answered in time. The server may still answer; then nobody hears it. */
export class CallTimeout extends Error {
  override readonly name = "CallTimeout";
  readonly server: string;
  readonly call: string;
  readonly milliseconds: number;

  constructor(server: string, call: string, milliseconds: number) {
    super(
      `${server} did not answer the call "${call}" within ${milliseconds} ms: give the call a longer { timeout }, or let the server defer what takes long`,
    );
    this.server = server;
    this.call = call;
    this.milliseconds = milliseconds;
  }
}

/** A call whose server is no more, or ended before it answered. `cause` is the reason of its end. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly server: string;
  readonly call: string;
  /** Why the server ended; `noproc` if there was none to begin with, `overloaded` if its mailbox was full. */
  readonly reason: ExitReason;

  constructor(server: string, call: string, reason: ExitReason) {
    super(whyFailed(server, call, reason), { cause: reason });
    this.server = server;
    this.call = call;
    this.reason = reason;
  }
}

function whyFailed(server: string, call: string, reason: ExitReason): string {
  if (reason === "noproc") return `the call "${call}" reached nobody: ${server} does not run`;
  if (reason === "overloaded") return `${server} did not take the call "${call}": its mailbox is full`;
  return `${server} ended before it answered the call "${call}": ${String(reason)}`;
}

/** A call that its server does not know. The server goes on. */
export class UnknownCall extends Error {
  override readonly name = "UnknownCall";

  constructor(server: string, call: string, known: Iterable<string>) {
    const names = [...known];
    const advice = names.length === 0 ? "it knows none" : `it knows ${names.map((name) => `"${name}"`).join(", ")}`;
    super(`${server} has no call "${call}": ${advice}`);
  }
}
