import type { Node } from "../node.ts";
import type { Pid } from "../pid.ts";
import type { Process } from "../process.ts";

/** What every handler of a server is given besides its payload and state. */
export interface ServerContext {
  /** The server's own process. */
  readonly process: Process;
  readonly node: Node;
}

/** Who waits for a reply. */
export interface From<in Reply = unknown> {
  /** The calling process, if a process called. */
  readonly pid: Pid | undefined;
  /** Answers the call, from anywhere. Later answers, and those to callers that no longer wait, go nowhere. */
  reply(value: Reply): void;
}

/** What the handler of a call is given besides its payload and state. */
export interface CallContext<in Reply = unknown> extends ServerContext {
  readonly from: From<Reply>;
}
