/** The server's own end, by force and in order, and the clients that come back. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Channel, Socket } from "phoenix";
import { RawClient } from "../channel/support.ts";

const program = fileURLToPath(new URL("./program.ts", import.meta.url));
const clients = 50;

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  /** Resolves when the program says this word once more. */
  says(word: string): Promise<string>;
}

async function startServer(t: TestContext, port: number): Promise<Server> {
  const child = spawn(process.execPath, ["--conditions=anqa-source", program], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout });
  const says = (word: string) => line(lines, word);
  const ready = await says("ready");
  return { child, port: Number(ready.split(" ")[1]), says };
}

async function line(lines: Interface, word: string): Promise<string> {
  for (;;) {
    const [text] = await once(lines, "line");
    if (String(text).startsWith(word)) return String(text);
  }
}

/** A client of the npm package, and what becomes of it. */
class Member {
  readonly channel: Channel;
  readonly #socket: Socket;
  #joins = 0;
  #awaited = Promise.withResolvers<void>();

  constructor(t: TestContext, port: number, name: string) {
    this.#socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket, timeout: 60_000 });
    this.channel = this.#socket.channel(`room:${name}`);
    t.after(() => this.#socket.disconnect());
  }

  /** Resolves when the channel was joined for the `count`th time. */
  async joined(count: number): Promise<void> {
    while (this.#joins < count) await this.#awaited.promise;
  }

  start(): void {
    this.#socket.connect();
    this.channel.join().receive("ok", () => {
      this.#joins++;
      this.#awaited.resolve();
      this.#awaited = Promise.withResolvers();
    });
  }

  ask(payload: object): Promise<unknown> {
    return new Promise((resolve) => this.channel.push("echo", payload).receive("ok", resolve));
  }
}

test("when the server is killed and started again, fifty clients rejoin by themselves", async (t) => {
  const first = await startServer(t, 0);
  const members = Array.from({ length: clients }, (_, index) => new Member(t, first.port, String(index % 5)));
  for (const member of members) member.start();
  await Promise.all(members.map((member) => member.joined(1)));
  first.child.kill("SIGKILL");
  const [code, signal] = await once(first.child, "exit");
  assert.deepEqual([code, signal], [null, "SIGKILL"]);

  await startServer(t, first.port);
  await Promise.all(members.map((member) => member.joined(2)));
  const answers = await Promise.all(members.map((member, number) => member.ask({ number })));
  assert.deepEqual(
    answers,
    members.map((_, number) => ({ number })),
  );
});

test("SIGTERM lets requests and handlers finish, closes sockets with 1012, and exits with 0", async (t) => {
  const server = await startServer(t, 0);
  const base = `127.0.0.1:${server.port}`;
  const requestWorks = server.says("working");
  const answer = fetch(`http://${base}/work`).then((response) => response.text());
  await requestWorks;
  const member = await RawClient.open(t, `ws://${base}/socket`);
  await member.join("room:a");
  const handlerWorks = server.says("working");
  member.send("1", "2", "room:a", "work", {});
  await handlerWorks;
  const handled = server.says("handled");
  const closed = member.closed();
  const exit = once(server.child, "exit");
  server.child.kill("SIGTERM");

  assert.equal((await closed).code, 1012);
  assert.equal(await answer, "done");
  assert.equal(await handled, "handled");
  assert.deepEqual(await exit, [0, null]);
});
