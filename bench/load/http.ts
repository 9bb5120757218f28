import { connect } from "node:net";

/** One GET on a connection of its own. */
export async function get(port: number, path: string, accept = "*/*"): Promise<{ body: string; cookie: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept } });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  return { body: await response.text(), cookie };
}

/**
 * GETs one path over keep-alive connections, one request at a time on each, until `stop` is called.
 *
 * @returns a counter of the answers and a function that ends the load.
 */
export function loadPath(port: number, path: string, accept: string, connections: number) {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: ${accept}\r\n\r\n`);
  const load = { answers: 0, stop: () => {} };
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setNoDelay(true);
    socket.on("connect", () => socket.write(request));
    socket.on("error", () => {});
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      text += chunk;
      const head = text.indexOf("\r\n\r\n");
      if (head === -1) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
      if (text.length < head + 4 + length) return;
      if (!text.startsWith("HTTP/1.1 200")) throw new Error(`GET ${path}: ${text.slice(0, head)}`);
      text = "";
      load.answers++;
      socket.write(request);
    });
    return socket;
  });
  load.stop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return load;
}
