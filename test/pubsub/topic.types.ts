import { createNode } from "../../src/process/index.ts";
import { type Address, type EventsOf, pubSubOf, topic, type } from "../../src/pubsub/index.ts";

const Chat = topic("chat:*", { said: type<{ text: string }>(), left: type<null>() });
const News = topic("news", { posted: type<number>() });
const pubSub = pubSubOf(createNode());

export const lobby: Address<{ said: { text: string }; left: null }> = Chat("lobby");
export const events: EventsOf<{ a: ReturnType<typeof type<string>> }> = { a: "text" };

pubSub.broadcast(Chat("lobby"), "said", { text: "hi" });
pubSub.broadcast(Chat("lobby"), "left", null);
pubSub.broadcast(News, "posted", 7);
pubSub.broadcastFrom({}, News, "posted", 7);
pubSub.broadcast("any:name", "any event", ["anything"]);

// @ts-expect-error no such event on this topic
pubSub.broadcast(Chat("lobby"), "shouted", { text: "hi" });

// @ts-expect-error the payload is of another type
pubSub.broadcast(Chat("lobby"), "said", { txt: "hi" });

// @ts-expect-error the payload belongs to another event
pubSub.broadcast(Chat("lobby"), "left", { text: "hi" });

// @ts-expect-error likewise when one is left out
pubSub.broadcastFrom({}, News, "posted", "7");

// @ts-expect-error a family is no address: call it with the rest of the name
pubSub.broadcast(Chat, "said", { text: "hi" });

// @ts-expect-error an exact topic has no rest
News("lobby");

// @ts-expect-error shapes are made by type()
topic("bad", { said: "string" });
