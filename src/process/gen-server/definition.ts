import type { ExitReason, Message } from "../message.ts";
import type { CallContext, ServerContext } from "./context.ts";

/** A handler of a call, its types erased. */
export type CallHandler = (payload: unknown, state: unknown, context: CallContext) => unknown;

/** A handler of a cast, an info or a continue, its types erased. */
export type Handler = (payload: unknown, state: unknown, context: ServerContext, message?: Message) => unknown;

/** A server as its process needs it: what the chain of `genServer` gathers. All its processes share it. */
export interface GenServerDefinition {
  readonly name: string;
  /** What its processes are called in lists and logs. */
  readonly label: string;
  readonly init: ((args: unknown, context: ServerContext) => unknown) | undefined;
  readonly calls: ReadonlyMap<string, CallHandler>;
  readonly casts: ReadonlyMap<string, Handler>;
  readonly infos: ReadonlyMap<string, Handler>;
  readonly continues: ReadonlyMap<string, Handler>;
  readonly terminate:
    | ((reason: ExitReason, state: unknown, context: ServerContext) => void | Promise<void>)
    | undefined;
}
