/**
 * The process that makes the load. It gets one {@link Load} from its parent, sets it up, says `ready`,
 * and from then on answers every `count` with the units done so far, until it is killed.
 */
import { type Joined, joinChannels, joinViews } from "./clients.ts";
import { get, loadPath } from "./http.ts";

/** What to do; `port` is the application's. */
export type Load =
  | { kind: "requests"; path: string; accept: string; connections: number }
  | { kind: "idle_channels"; count: number }
  | { kind: "idle_views"; path: string; count: number }
  | { kind: "shout"; count: number }
  | { kind: "echo"; connections: number }
  | { kind: "clicks"; connections: number }
  | { kind: "dash"; path: string; count: number }
  | { kind: "chat"; path: string; count: number };

/** Broadcasts on their way at the same time. */
const window = 2;

let units = 0;
let bytesReceived = 0;

const setups = {
  async requests(port: number, load: Load & { kind: "requests" }) {
    const running = loadPath(port, load.path, load.accept, load.connections);
    setInterval(() => {
      units = running.answers;
    }, 5);
  },

  async idle_channels(port: number, { count }: Load & { kind: "idle_channels" }) {
    await joinChannels(port, "room:lobby", count);
  },

  async idle_views(port: number, { path, count }: Load & { kind: "idle_views" }) {
    await joinViews(port, path, count);
  },

  async shout(port: number, { count }: Load & { kind: "shout" }) {
    const members = await joinChannels(port, "room:lobby", count);
    const sender = members[0] as Joined;
    fanOut(members, '"shout"', () => {
      sender.socket.send(JSON.stringify(["1", null, sender.topic, "shout", { sent: Date.now() }]));
    });
  },

  async echo(port: number, { connections }: Load & { kind: "echo" }) {
    closedLoop(await joinChannels(port, "room:lobby", connections), "echo", { hello: "world" });
  },

  async clicks(port: number, { connections }: Load & { kind: "clicks" }) {
    const click = { type: "click", event: "increment", value: { value: "" } };
    closedLoop(await joinViews(port, "/counter", connections), "event", click);
  },

  async dash(port: number, { path, count }: Load & { kind: "dash" }) {
    fanOut(await joinViews(port, path, count), '"diff"', () => void get(port, "/tick"));
  },

  async chat(port: number, { path, count }: Load & { kind: "chat" }) {
    const viewers = await joinViews(port, path, count);
    const sender = viewers[0] as Joined;
    let number = 0;
    const send = () => {
      const value = `user=load&body=message+${++number}`;
      sender.socket.send(
        JSON.stringify([
          "1",
          String(number + 1),
          sender.topic,
          "event",
          { type: "form", event: "send_message", value },
        ]),
      );
    };
    // The sender's own diff may come with the answer to its event: it is not one of those counted.
    fanOut(viewers.slice(1), '"diff"', send);
    sender.socket.onFrame = () => {};
  },
};

/** Keeps `window` broadcasts on their way: the next is sent when an earlier one has reached everybody. */
function fanOut(receivers: readonly Joined[], marker: string, send: () => void): void {
  let sent = 0;
  const wanted = Buffer.from(marker);
  const fill = () => {
    while (sent < Math.floor(units / receivers.length) + window) {
      sent++;
      send();
    }
  };
  for (const { socket } of receivers) {
    socket.onFrame = (bytes, start, end) => {
      const found = bytes.indexOf(wanted, start);
      if (found === -1 || found >= end) return;
      units++;
      bytesReceived += end - start;
      if (units % receivers.length === 0) fill();
    };
  }
  fill();
}

/** Every connection asks, and asks again when it is answered. */
function closedLoop(clients: readonly Joined[], event: string, payload: object): void {
  const body = JSON.stringify(payload);
  for (const { socket, topic } of clients) {
    let ref = 1;
    const ask = () => socket.send(`["1","${++ref}","${topic}","${event}",${body}]`);
    socket.onFrame = (_bytes, start, end) => {
      units++;
      bytesReceived += end - start;
      ask();
    };
    ask();
  }
}

process.once("message", async ({ port, load }: { port: number; load: Load }) => {
  const setUp: (port: number, load: never) => Promise<void> = setups[load.kind];
  await setUp(port, load as never);
  process.on("message", () => process.send?.({ units, bytes: bytesReceived }));
  process.send?.("ready");
});
