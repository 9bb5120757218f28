import { dynamicSupervisor } from "../../src/process/dynamic-supervisor.ts";
import { reply } from "../../src/process/gen-server/outcome.ts";
import { genServer } from "../../src/process/gen-server.ts";
import { type ChildSpec, createNode, type Process } from "../../src/process/index.ts";

const node = createNode();
const spec: ChildSpec = { id: "child", start: (on) => on.spawn("child", () => ({ receive() {} })) };

const any = dynamicSupervisor({ name: "any", maxChildren: 3, maxRestarts: 1, maxSeconds: 1 });
export const process: Process = await any.on(node).startChild(spec);
export const stopped: boolean = await any.on(node).stopChild(process.pid);

// @ts-expect-error children of any kind need a spec
any.on(node).startChild({ room: "lobby" });

// @ts-expect-error it has a name
dynamicSupervisor({ maxChildren: 3 });

const Room = genServer("room")
  .init(({ room }: { room: string }) => ({ room }))
  .call("name", (_nothing: void, state) => reply(state.room));
const rooms = dynamicSupervisor(Room, { maxChildren: 3 });
const room = await rooms.on(node).startChild({ room: "lobby" }, { name: "lobby", restart: "transient" });
export const name: string = await room.call("name");
export const gone: boolean = await rooms.on(node).stopChild(room);

// @ts-expect-error a room has no such call
room.call("nmae");

// @ts-expect-error a room is started with its name
rooms.on(node).startChild();

// @ts-expect-error and with nothing else
rooms.on(node).startChild({ room: "lobby", size: 3 });

// @ts-expect-error a child spec is not what it is started with
rooms.on(node).startChild(spec);

export const children: readonly ChildSpec[] = [any, rooms];
