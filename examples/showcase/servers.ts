import { type Behaviour, type ChildSpec, type Node, type Process, service } from "anqa/process";
import { pubSubOf, topic, type } from "anqa/pubsub";

/** One row of the dashboard. A change makes a new object, so identity tells what changed. */
export interface Server {
  readonly name: string;
  readonly status: "healthy" | "busy" | "hot";
  /** Per cent. */
  readonly load: number;
  /** Degrees Celsius. */
  readonly temperature: number;
  readonly changedAt: Date;
}

type Servers = readonly Server[];

/** Carries the whole table: unchanged rows are the same objects as before. */
export const DashTopic = topic("dash", { changed: type<Servers>() });

const serverTable = service<Servers>("server table");

/** The table as it is now. */
export function currentServers(node: Node): Servers {
  return node.service(serverTable);
}

/** The process that owns the table and changes some of its rows with every tick. */
export function serverRoom(tickMilliseconds: number): ChildSpec {
  const name = "server room";
  return {
    id: name,
    start: (node) => node.spawn(name, (process) => keepServers(process, tickMilliseconds), { name }),
  };
}

function keepServers(process: Process, tickMilliseconds: number): Behaviour {
  const { node } = process;
  const tick = () => process.sendAfter({ event: "tick", payload: undefined }, tickMilliseconds);
  node.provide(serverTable, Array.from({ length: 100 }, bootServer));
  tick();
  return {
    receive() {
      const servers = currentServers(node).map((server) => (Math.random() < 0.06 ? measure(server) : server));
      node.provide(serverTable, servers);
      pubSubOf(node).broadcast(DashTopic, "changed", servers);
      tick();
    },
  };
}

function bootServer(_: unknown, index: number): Server {
  const region = ["fra", "dub", "muc", "ams", "oslo"][index % 5];
  const load = Math.round(20 + Math.random() * 50);
  return measure({
    name: `${region}-${String(Math.floor(index / 5) + 1).padStart(2, "0")}`,
    status: "healthy",
    load,
    temperature: 0,
    changedAt: new Date(),
  });
}

function measure(server: Server): Server {
  const load = clamp(server.load + Math.round((Math.random() - 0.48) * 36), 2, 100);
  return {
    ...server,
    load,
    status: load > 88 ? "hot" : load > 65 ? "busy" : "healthy",
    temperature: Math.round(31 + load * 0.45 + Math.random() * 4),
    changedAt: new Date(),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
