import type { Node } from "../node.ts";
import { formatPid, type Pid } from "../pid.ts";
import { Process } from "../process.ts";
import type { ProcessName } from "../process-name.ts";
import { type Callee, type CallOptions, callServer } from "./call.ts";
import { Cast } from "./cast.ts";
import type { AnyCall, AnyCast, Named, PayloadThen } from "./signature.ts";

/** A server as others reach it: by its pid, or by its name, whoever bears that at the time. */
export interface GenServerRef<Calls extends AnyCall, Casts extends AnyCast> {
  readonly node: Node;
  /** The process behind it, while it lives. */
  readonly process: Process | undefined;
  /**
   * Asks, and resolves with the reply.
   *
   * @throws (as a rejection) `CallTimeout` if there is none in time, `CallFailed` if the server does not run or
   *   ends first, with the reason as its cause.
   *
   * @example const id = await room.call("post", { user, text }, { timeout: 1_000 });
   */
  call<Name extends Calls["name"]>(
    name: Name,
    ...given: PayloadThen<Named<Calls, Name>["payload"], CallOptions>
  ): Promise<Named<Calls, Name>["reply"]>;
  /** Tells, and does not wait. To a server that is no more it goes nowhere. */
  cast<Name extends Casts["name"]>(name: Name, ...given: PayloadThen<Named<Casts, Name>["payload"], never>): void;
}

/** Makes a ref; its types are those that the caller says. */
export function genServerRef<Calls extends AnyCall, Casts extends AnyCast>(
  server: string,
  node: Node,
  target: Process | Pid | ProcessName,
): GenServerRef<Calls, Casts> {
  return new Ref(server, node, target) as unknown as GenServerRef<Calls, Casts>;
}

class Ref implements Callee {
  readonly node: Node;
  readonly #server: string;
  readonly #target: Process | Pid | ProcessName;

  constructor(server: string, node: Node, target: Process | Pid | ProcessName) {
    this.#server = server;
    this.node = node;
    this.#target = target;
  }

  get process(): Process | undefined {
    const target = this.#target;
    if (typeof target === "string") return this.node.whereis(target);
    if (target instanceof Process) return target.ended ? undefined : target;
    return "whereis" in target ? target.whereis(this.node) : this.node.find(target);
  }

  call(name: string, payload?: unknown, options?: CallOptions): Promise<unknown> {
    return callServer(this, name, payload, options);
  }

  cast(name: string, payload?: unknown): void {
    this.process?.deliver(new Cast(name, payload));
  }

  /** As people read it: `chat_room <anqa.17>`, or `chat_room "lobby"`. */
  toString(): string {
    const target = this.#target;
    if (typeof target === "string") return `${this.#server} "${target}"`;
    if ("whereis" in target) return `${this.#server} ${target}`;
    return `${this.#server} ${formatPid(target instanceof Process ? target.pid : target)}`;
  }
}
