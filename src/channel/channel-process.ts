import type { StandardSchemaV1 } from "@standard-schema/spec";
import { quoted } from "../endpoint/index.ts";
import type { Behaviour, Message, Process } from "../process/index.ts";
import { topicMatches } from "../pubsub/index.ts";
import { ChannelHandle } from "./channel-socket.ts";
import { ClientMessage } from "./client-message.ts";
import type { ChannelDefinition, EventHandler, HandlerResult } from "./definition.ts";
import { messageRefused } from "./events.ts";
import type { ChannelLink } from "./link.ts";
import { Acceptance, Refusal, Reply, Stop } from "./outcome.ts";

/**
 * The start function of a channel's process: runs the join, and makes the behaviour if it is accepted.
 *
 * The join's answer is written before the process subscribes to the topic, so that it is the first
 * frame of the instance.
 */
export function startChannel(
  definition: ChannelDefinition,
  link: ChannelLink,
  params: unknown,
): (process: Process) => Behaviour | Promise<Behaviour> {
  return (process) => {
    const channel = new ChannelProcess(definition, link, process);
    const pending = channel.join(params);
    return pending === undefined ? channel : pending.then(() => channel);
  };
}

class ChannelProcess implements Behaviour {
  readonly #definition: ChannelDefinition;
  readonly #link: ChannelLink;
  readonly #process: Process;
  readonly #socket: ChannelHandle;

  constructor(definition: ChannelDefinition, link: ChannelLink, process: Process) {
    this.#definition = definition;
    this.#link = link;
    this.#process = process;
    this.#socket = new ChannelHandle(link, process);
  }

  /** For those who look in. */
  get state(): unknown {
    return this.#socket.assigns;
  }

  /** Asks the application, and answers the client. */
  join(params: unknown): void | Promise<void> {
    const { join, joinSchema } = this.#definition;
    if (join === undefined) return this.#joined(undefined);
    const topic = { topic: this.#link.topic, rest: restOf(this.#definition.pattern, this.#link.topic) };
    if (joinSchema === undefined) return settled(join(topic, params, this.#socket), (result) => this.#joined(result));
    return settled(joinSchema["~standard"].validate(params), (checked) => {
      if (checked.issues !== undefined) return this.#joined(new Refusal(invalid(checked.issues)));
      return settled(join(topic, checked.value, this.#socket), (result) => this.#joined(result));
    });
  }

  receive(message: Message): void | Promise<void> {
    if (message instanceof ClientMessage) return this.#receiveFromClient(message);
    const handlers = this.#definition.infos.get(message.event);
    const handler = handlers?.find(({ topic }) => topic === undefined || topicMatches(topic, message.topic ?? ""));
    if (handler !== undefined) return this.#after(handler.handle(message.payload, this.#socket), null);
  }

  terminate(): void | Promise<void> {
    return this.#definition.terminate?.(this.#socket);
  }

  #joined(result: unknown): void {
    if (result instanceof Refusal) {
      this.#link.refused(JSON.stringify(result.response));
      this.#process.exit("normal");
      return;
    }
    this.#link.joined(result instanceof Acceptance ? JSON.stringify(result.response) : "{}");
    this.#link.hearTopic();
  }

  #receiveFromClient({ event, payload, ref }: ClientMessage): void | Promise<void> {
    if (event === "phx_leave") {
      this.#link.reply(ref, "ok", "{}");
      this.#process.exit("normal");
      return;
    }
    const handler = this.#definition.events.get(event);
    if (handler === undefined) return this.#refuse(event, ref, { reason: `no handler for event ${quoted(event)}` });
    if (handler.schema === undefined) return this.#after(handler.handle(payload, this.#socket), ref);
    return this.#validated(handler, handler.schema, event, payload, ref);
  }

  #validated(
    handler: EventHandler,
    schema: StandardSchemaV1,
    event: string,
    payload: unknown,
    ref: string | null,
  ): void | Promise<void> {
    return settled(schema["~standard"].validate(payload), (checked) => {
      if (checked.issues !== undefined) return this.#refuse(event, ref, invalid(checked.issues));
      return this.#after(handler.handle(checked.value, this.#socket), ref);
    });
  }

  #refuse(event: string, ref: string | null, response: { reason: string }): void {
    messageRefused.execute({ node: this.#process.node.name, topic: this.#link.topic, event, reason: response.reason });
    this.#link.reply(ref, "error", JSON.stringify(response));
  }

  #after(result: HandlerResult, ref: string | null): void | Promise<void> {
    return settled(result, (outcome) => {
      const answer = outcome instanceof Stop ? outcome.reply : outcome;
      if (answer instanceof Reply) this.#link.reply(ref, answer.status, JSON.stringify(answer.response));
      if (outcome instanceof Stop) this.#process.exit("normal");
    });
  }
}

/** Goes on with a value, at once if it is there, so that synchronous handlers cost no promise. */
function settled<T>(value: T | Promise<T>, next: (value: T) => void | Promise<void>): void | Promise<void> {
  return value instanceof Promise ? value.then(next) : next(value);
}

function restOf(pattern: string, topic: string): string {
  return pattern.endsWith("*") ? topic.slice(pattern.length - 1) : "";
}

/** What a client is told about a payload that its schema refuses: the messages by field. */
function invalid(issues: readonly StandardSchemaV1.Issue[]): { reason: string; errors: Record<string, string[]> } {
  const errors: Record<string, string[]> = {};
  for (const issue of issues) {
    const path = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    errors[path] = [...(errors[path] ?? []), issue.message];
  }
  return { reason: "invalid payload", errors };
}
