import type { Node } from "anqa/process";
import { pubSubOf, topic, type } from "anqa/pubsub";
import { Repo } from "./repo.ts";

/** A line of a chat room, as it is stored and as it is broadcast. */
export interface Message {
  readonly id: number;
  readonly room: string;
  readonly user: string;
  readonly body: string;
  readonly inserted_at: string;
}

export const ChatTopic = topic("chat:*", { new_message: type<Message>() });

/** How many messages a room shows. */
export const historyLength = 50;

/** The latest messages of a room, oldest first. */
export async function latestMessages(node: Node, room: string): Promise<Message[]> {
  const newestFirst = await Repo.on(node)
    .selectFrom("messages")
    .selectAll()
    .where("room", "=", room)
    .orderBy("id", "desc")
    .limit(historyLength)
    .execute();
  return newestFirst.toReversed();
}

/** Stores a message and tells everybody in its room. */
export async function postMessage(
  node: Node,
  { room, user, body }: Pick<Message, "room" | "user" | "body">,
): Promise<void> {
  const message = await Repo.on(node)
    .insertInto("messages")
    .values({ room, user, body, inserted_at: new Date().toISOString() })
    .returningAll()
    .executeTakeFirstOrThrow();
  pubSubOf(node).broadcast(ChatTopic(room), "new_message", message);
}
