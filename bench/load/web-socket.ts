import { connect, type Socket } from "node:net";

/**
 * A WebSocket client that costs as little as possible, so that what is measured is the server.
 *
 * Frames are masked with a zero key (allowed by RFC 6455 section 5.3: masking is then the identity), and
 * incoming frames are handed over as a range of the received bytes, without making a string.
 */
export class LoadSocket {
  /** Called for every data frame: its payload is `bytes.subarray(start, end)`. */
  onFrame: (bytes: Buffer, start: number, end: number) => void = () => {};
  onClose: () => void = () => {};

  readonly #socket: Socket;
  #rest: Buffer | undefined;
  #open: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes) => this.#read(bytes as Buffer));
    socket.on("close", () => this.onClose());
  }

  /** Connects and upgrades; `headers` are whole lines. */
  static open(port: number, path: string, headers: readonly string[] = []): Promise<LoadSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("error", reject);
      const client = new LoadSocket(socket);
      client.#open = () => {
        socket.off("error", reject);
        socket.on("error", () => {});
        resolve(client);
      };
      const lines = [
        `GET ${path} HTTP/1.1`,
        `host: 127.0.0.1:${port}`,
        "upgrade: websocket",
        "connection: Upgrade",
        "sec-websocket-version: 13",
        "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
        ...headers,
      ];
      socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    });
  }

  send(text: string): void {
    const length = Buffer.byteLength(text);
    const header = length < 126 ? 6 : 8;
    const frame = Buffer.alloc(header + length);
    frame[0] = 0x81;
    if (length < 126) frame[1] = 0x80 | length;
    else {
      frame[1] = 0x80 | 126;
      frame.writeUInt16BE(length, 2);
    }
    frame.write(text, header);
    this.#socket.write(frame);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(received: Buffer): void {
    let bytes = this.#rest === undefined ? received : Buffer.concat([this.#rest, received]);
    this.#rest = undefined;
    if (this.#open !== undefined) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end === -1) {
        this.#rest = bytes;
        return;
      }
      if (!bytes.toString("latin1", 0, 12).endsWith("101"))
        throw new Error(`no upgrade: ${bytes.toString("latin1", 0, end)}`);
      bytes = bytes.subarray(end + 4);
      this.#open();
      this.#open = undefined;
    }
    let offset = 0;
    while (offset + 2 <= bytes.length) {
      let length = (bytes[offset + 1] as number) & 0x7f;
      let start = offset + 2;
      if (length === 126) {
        if (start + 2 > bytes.length) break;
        length = bytes.readUInt16BE(start);
        start += 2;
      } else if (length === 127) {
        if (start + 8 > bytes.length) break;
        length = Number(bytes.readBigUInt64BE(start));
        start += 8;
      }
      if (start + length > bytes.length) break;
      const opcode = (bytes[offset] as number) & 0x0f;
      if (opcode === 1 || opcode === 2) this.onFrame(bytes, start, start + length);
      offset = start + length;
    }
    if (offset < bytes.length) this.#rest = bytes.subarray(offset);
  }
}
