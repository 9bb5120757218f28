import { get } from "./http.ts";
import { LoadSocket } from "./web-socket.ts";

/** Connections being set up at the same time. */
const concurrency = 64;

/** One joined topic. */
export interface Joined {
  readonly socket: LoadSocket;
  readonly topic: string;
}

/** Joins `count` connections to a channel topic. */
export function joinChannels(port: number, topic: string, count: number): Promise<Joined[]> {
  return inParallel(count, async () => {
    const socket = await LoadSocket.open(port, "/socket/websocket?vsn=2.0.0");
    await joined(socket, topic, {});
    return { socket, topic };
  });
}

/** Fetches a page `count` times and joins each page's view, as browsers do. */
export function joinViews(port: number, path: string, count: number): Promise<Joined[]> {
  return inParallel(count, async () => {
    const { body, cookie } = await get(port, path, "text/html");
    const csrf = attribute(body, /<meta name="csrf-token" content="([^"]*)"/);
    const topic = `lv:${attribute(body, /<div id="(phx-[^"]*)"/)}`;
    const query = new URLSearchParams({ _csrf_token: csrf, vsn: "2.0.0" });
    const socket = await LoadSocket.open(port, `/live/websocket?${query}`, [`cookie: ${cookie}`]);
    await joined(socket, topic, {
      url: `http://127.0.0.1:${port}${path}`,
      params: { _csrf_token: csrf, _mounts: 0, _mount_attempts: 0 },
      session: attribute(body, /data-phx-session="([^"]*)"/),
      static: attribute(body, /data-phx-static="([^"]*)"/),
      sticky: false,
    });
    return { socket, topic };
  });
}

function joined(socket: LoadSocket, topic: string, params: object): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onFrame = (bytes, start, end) => {
      const text = bytes.toString("utf8", start, end);
      if (!text.includes('"phx_reply"')) return;
      if (text.includes('"status":"ok"')) resolve();
      else reject(new Error(`join of ${topic} was refused: ${text}`));
    };
    socket.send(JSON.stringify(["1", "1", topic, "phx_join", params]));
  });
}

function attribute(html: string, pattern: RegExp): string {
  const value = pattern.exec(html)?.[1];
  if (value === undefined) throw new Error(`the page has nothing that matches ${pattern}`);
  return value.replaceAll("&amp;", "&");
}

async function inParallel<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  let started = 0;
  const worker = async () => {
    while (started < count) {
      started++;
      made.push(await make());
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));
  return made;
}
