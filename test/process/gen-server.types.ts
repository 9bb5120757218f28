import type { CallContext, From } from "../../src/process/gen-server/context.ts";
import { continueWith, hibernate, noReply, reply, stop } from "../../src/process/gen-server/outcome.ts";
import { genServer } from "../../src/process/gen-server.ts";
import { createNode, type Down } from "../../src/process/index.ts";

interface Post {
  readonly id: number;
  readonly text: string;
}

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Expected>() {
  return <Actual>(_actual: Actual, _same: Equal<Expected, Actual>) => {};
}

const node = createNode();

export const ChatRoom = genServer("chat_room")
  .init(({ room }: { room: string }) => ({ room, posts: [] as readonly Post[], waiting: [] as readonly From<Post>[] }))
  .call("post", (post: Post, state) => reply(post.id, { ...state, posts: [...state.posts, post] }))
  .call("history", (_nothing: void, state) => reply(state.posts))
  .call("count", (_nothing, state) => reply(state.posts.length))
  .call("branches", (_nothing, state) => {
    if (state.posts.length > 3) return stop("normal", true);
    if (state.posts.length > 2) return reply("many");
    return reply(null, { ...state, posts: [] });
  })
  .call("later", async (text: string, state) => {
    await Promise.resolve();
    return state.posts.length > 0 ? reply(text.length, state) : reply({ text });
  })
  .call("next", (_nothing, state, { from }: CallContext<Post>) =>
    noReply({ ...state, waiting: [...state.waiting, from] }),
  )
  .call("first_or_next", (_nothing: void, state, { from }: CallContext<Post>) => {
    const [first] = state.posts;
    return first === undefined ? noReply({ ...state, waiting: [...state.waiting, from] }) : reply(first);
  })
  .call("with_context", (_nothing, _state, { process, node }) => reply(process.pid.node === node.name))
  .call("untold", () => noReply())
  .call("end", () => stop("shutdown"))
  .call("maybe", (limit: number | undefined, state) => reply(state.posts.slice(0, limit)))
  .call("loaded", (_nothing, state) => reply("started", continueWith("load", 1, state)))
  .cast("clear", (_nothing, state) => ({ ...state, posts: [] }))
  .cast("rename", (room: string, state) => ({ ...state, room }))
  .cast("nothing", () => {})
  .cast("many", async (posts: readonly Post[], state) => {
    if (posts.length === 0) return;
    if (posts.length === 1) return hibernate(state);
    if (posts.length === 2) return stop("normal");
    if (posts.length === 3) return continueWith("load", 3, state);
    return { ...state, posts };
  })
  .info("tick", (_payload, state) => state)
  .info("DOWN", (down: Down, state) => (down.reason === "normal" ? state : stop(down.reason)))
  .continue("load", (count: number, state) => ({ ...state, posts: state.posts.slice(count) }))
  .terminate((_reason, { room }) => void room.length);

const room = await ChatRoom.start(node, { room: "lobby" });
const post: Post = { id: 1, text: "hello" };
same<number>()(await room.call("post", post), true);
same<readonly Post[]>()(await room.call("history"), true);
same<number>()(await room.call("count"), true);
same<string | boolean | null>()(await room.call("branches"), true);
same<number | { text: string }>()(await room.call("later", "text"), true);
same<Post>()(await room.call("next"), true);
same<Post>()(await room.call("first_or_next"), true);
same<boolean>()(await room.call("with_context"), true);
same<unknown>()(await room.call("untold"), true);
same<Post[]>()(await room.call("maybe"), true);
same<Post[]>()(await room.call("maybe", 3, { timeout: 100 }), true);
same<string>()(await room.call("loaded"), true);
export const never: Promise<never> = room.call("end");
await room.call("history", undefined, { timeout: Infinity });
room.cast("clear");
room.cast("rename", "kitchen");
room.cast("nothing");
same<number>()(await ChatRoom.at(node, "lobby").call("post", post), true);
ChatRoom.ref(node, { node: "anqa", id: 1, incarnation: 1 }).cast("clear");
ChatRoom.child({ room: "lobby" }, { id: "lobby", name: "lobby", restart: "transient", shutdown: 100 });
await ChatRoom.start(node, { room: "lobby" }, { name: "lobby", mailbox: { limit: 10, overflow: "refuse" } });

const Plain = genServer("plain");
await Plain.start(node);
Plain.child();
const Counter = genServer("counter")
  .init(async (start: number) => start)
  .cast("add", (by: number, count) => count + by);
Counter.child(0);
genServer("loading")
  .init((id: string) => continueWith("load", id, { rows: [] as readonly number[] }))
  .continue("load", (id: string, { rows }) => ({ rows: [...rows, id.length] }));
genServer("either")
  .init((quick: boolean) => (quick ? { rows: [1] } : continueWith("load", undefined, { rows: [2] })))
  .cast("push", (row: number, { rows }) => ({ rows: [...rows, row] }));

// @ts-expect-error there is no such call
room.call("histroy");
// @ts-expect-error that is a cast
room.call("clear");
// @ts-expect-error a post is missing
room.call("post");
// @ts-expect-error a post has a text
room.call("post", { id: 1 });
// @ts-expect-error it takes nothing
room.call("history", 7);
// @ts-expect-error a timeout is a number
room.call("history", undefined, { timeout: "long" });
// @ts-expect-error the reply is a number
export const text: string = await room.call("post", post);
// @ts-expect-error there is no such cast
room.cast("post", post);
// @ts-expect-error a name is text
room.cast("rename", 7);
// @ts-expect-error a cast has no timeout
room.cast("clear", undefined, { timeout: 1 });
// @ts-expect-error a room needs a name
ChatRoom.start(node);
// @ts-expect-error a room's name is text
ChatRoom.child({ room: 7 });
// @ts-expect-error it has no state to start with
Plain.start(node, 7);
// @ts-expect-error there are no calls
(await Plain.start(node)).call("history");

// @ts-expect-error the state of a counter is a number
Counter.cast("set", (_nothing, _count) => "many");
// @ts-expect-error the next state is a number
Counter.call("set", (_nothing, count) => reply(count, "many"));
// @ts-expect-error a call gives back what becomes of it
Counter.call("get", (_nothing, count) => count);
// @ts-expect-error the state that is continued with is a number
Counter.cast("reload", () => continueWith("load", undefined, "many"));
// @ts-expect-error whoever waits is answered with a number
Counter.call("wait", (_nothing, _count, { from }: CallContext<number>) => noReply(void from.reply("many")));
// @ts-expect-error a server is initialised once, before its handlers
Counter.init(() => 1);
// @ts-expect-error a callback of another type cannot be answered with posts
ChatRoom.call("wrong", (_nothing, state, { from }: CallContext<string>) => noReply({ ...state, waiting: [from] }));
