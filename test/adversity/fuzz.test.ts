/** Whatever clients send, in whatever order: the server answers, stays, and is as it was when they are gone. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { WebSocket } from "ws";
import { Browser, type Frame } from "../live/support.ts";
import { assertUnheard, idle, Neighbours, startTown, type Town } from "./town.ts";

const runs = 100;
const topics = ["room:a", "room:b", "room:__proto__", "room:\ud800", "room:"];

/** A frame to send: the last join_ref of its topic, or another; `text` goes out as it is. */
type Step =
  | { readonly joinRef: "present" | "none" | "strange"; readonly topic: string; event: string; payload: unknown }
  | { readonly repeatLast: true }
  | { readonly joins: number }
  | { readonly text: string };

/** Stands for so many nested arrays, which neither `JSON.stringify` nor a failure's report could write. */
const deep = (depth: number) => fc.constant({ $deep: depth });
const deepText = (text: string) =>
  text.replaceAll(/\{"\$deep":(\d+)\}/g, (_match, depth) => "[".repeat(Number(depth)) + "]".repeat(Number(depth)));
const garbage: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ stringUnit: "binary", maxDepth: 3 }) },
  fc.constant(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}')),
  fc.constant({ lone: "\udfff\ud800", nul: "\0", "\ud800": "key" }),
  deep(500),
  deep(20_000),
);
const strangeUrl = fc.oneof(
  fc.webUrl(),
  fc.constantFrom("", "/", "//", "http://", "http://127.0.0.1/%zz", "http://127.0.0.1/?page=%ff", "/?page=1"),
  fc.constantFrom("javascript:alert(1)", "data:/", "http://a/?a[b][c]=1&a=2&__proto__[x]=1", "http://[::1/", "\ud800"),
  fc.constantFrom("http://127.0.0.1/?page=2", "http://127.0.0.1/members", "http://127.0.0.1/echo?said=1"),
);
const form = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "text=a",
    "text=%zz",
    "%=%",
    "a[b][]=1&a=2&a[b]=3&_target=a[b]",
    "&&==&",
    "__proto__[polluted]=1",
    "a[[[]]]=1",
  ),
  fc.constant("a".padEnd(300, "[b]")),
  fc.constant("a=1&".repeat(1_200)),
);
const liveEvent = fc.record(
  {
    type: fc.oneof(fc.constantFrom<unknown>("click", "form", "hook", null), garbage),
    event: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom<unknown>("increment", "write", "wait", "patch", "lv:clear-flash") },
      fc.constantFrom<unknown>("crash", "nonsense", "lv:nonsense", "__proto__"),
      garbage,
    ),
    value: fc.oneof(garbage, form, fc.record({ to: strangeUrl, text: fc.string(), key: garbage })),
    meta: fc.oneof(garbage, fc.record({ _target: fc.oneof(garbage, form) })),
    uploads: garbage,
    cid: fc.constantFrom<unknown>(undefined, undefined, undefined, 1, null, "x"),
  },
  { requiredKeys: [] },
);
const joinRef = fc.constantFrom("present", "present", "present", "none", "strange") as fc.Arbitrary<"present">;
const message = (event: fc.Arbitrary<string>, payload: fc.Arbitrary<unknown>, topic = fc.constantFrom(...topics)) =>
  fc.record({ joinRef, topic, event, payload });
const live = fc.constant("view");

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: message(fc.constant("phx_join"), garbage) },
  { weight: 6, arbitrary: message(fc.constant("phx_join"), fc.constant("valid"), live) },
  message(fc.constant("phx_join"), garbage, live),
  message(
    fc.constant("phx_join"),
    fc.record({ valid: fc.constantFrom("url", "redirect", "static", "flash"), value: garbage }),
    live,
  ),
  message(fc.constant("phx_join"), fc.record({ valid: fc.constantFrom("url", "redirect"), value: strangeUrl }), live),
  { weight: 8, arbitrary: message(fc.constantFrom("echo", "echo later", "shout"), garbage) },
  message(fc.constantFrom("crash", "nonsense", "__proto__", "phx_close", "phx_error", "phx_reply"), garbage),
  { weight: 3, arbitrary: message(fc.constant("phx_leave"), garbage) },
  { weight: 2, arbitrary: message(fc.constant("phx_leave"), garbage, live) },
  { weight: 12, arbitrary: message(fc.constant("event"), liveEvent, live) },
  { weight: 2, arbitrary: message(fc.constant("event"), garbage, live) },
  { weight: 3, arbitrary: message(fc.constant("live_patch"), fc.record({ url: fc.oneof(strangeUrl, garbage) }), live) },
  {
    weight: 3,
    arbitrary: message(
      fc.constantFrom("cids_will_destroy", "cids_destroyed", "allow_upload", "progress", "diff"),
      fc.oneof(garbage, fc.record({ cids: garbage, ref: garbage, entries: garbage, entry_ref: garbage })),
      live,
    ),
  },
  message(
    fc.constantFrom("heartbeat", "nonsense"),
    garbage,
    fc.constantFrom("phoenix", "lvu:0", "nowhere", "lv:phx-other"),
  ),
  { weight: 3, arbitrary: fc.constant({ repeatLast: true } as const) },
  fc.record({ joins: fc.constantFrom(20, 150) }),
  fc.record({ text: fc.constantFrom("", "[]", "null", '["1","1","room:a"]', "[1,2,3,4,5]", "[".repeat(10_000)) }),
);
const session = fc.record({
  mount: fc.constantFrom("/socket", "/live", "/live"),
  steps: fc.array(step, { minLength: 1, maxLength: 40, size: "max" }),
  end: fc.constantFrom("terminate", "close", "half-close"),
});

/** One client: sends its steps, says goodbye to every topic, and keeps account of requests and answers. */
class Stranger {
  readonly #page: Browser;
  readonly #webSocket: WebSocket;
  readonly #requests = new Map<string, { count: number; topic: string; joinRef: string | null; event: string }>();
  readonly #answers = new Map<string, number>();
  readonly #joined = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #joinRefs = new Map<string, string>();
  #lastRef = 0;
  #last = "";

  constructor(page: Browser, webSocket: WebSocket) {
    this.#page = page;
    this.#webSocket = webSocket;
    webSocket.on("message", (data) => this.#hear(JSON.parse(data.toString()) as Frame));
  }

  static async connect(t: TestContext, town: Town, page: Browser, mount: string): Promise<Stranger> {
    const query = new URLSearchParams({ _csrf_token: page.csrf, vsn: "2.0.0" });
    const webSocket = new WebSocket(`${town.url.replace("http", "ws")}${mount}/websocket?${query}`, {
      headers: { cookie: page.cookieHeader },
    });
    t.after(() => webSocket.terminate());
    await once(webSocket, "open");
    return new Stranger(page, webSocket);
  }

  take(step: Step): void {
    if ("text" in step) this.#webSocket.send(step.text);
    else if ("repeatLast" in step) this.#repeat();
    else if ("joins" in step)
      for (let count = 0; count < step.joins; count++) this.#request(null, `room:${count}`, "phx_join", {});
    else this.#sendMessage(step);
  }

  /** Leaves every topic, whatever became of it, and waits until that was answered or the connection is closed. */
  async finish(end: string): Promise<void> {
    const goodbyes = [...topics, this.#page.topic].map((topic) => this.#request(null, topic, "phx_leave", {}));
    const topicsLeft = [...topics, this.#page.topic];
    const done = () =>
      goodbyes.every((ref, index) => this.#answers.has(ref) || this.#ended.has(topicsLeft[index] as string));
    while (!done() && this.#webSocket.readyState === WebSocket.OPEN) {
      await Promise.race([once(this.#webSocket, "message"), once(this.#webSocket, "close")]);
    }
    if (this.#webSocket.readyState === WebSocket.OPEN) this.#checkAccount();
    if (end === "terminate") this.#webSocket.terminate();
    else if (end === "close") this.#webSocket.close(3000, "enough");
    else (this.#webSocket as unknown as { _socket: { end(): void } })._socket.end();
  }

  #checkAccount(): void {
    for (const [ref, answers] of this.#answers) {
      assert.ok(answers <= (this.#requests.get(ref)?.count ?? 0), `${answers} answers to ref ${ref}`);
    }
    for (const [ref, { count, topic, joinRef, event }] of this.#requests) {
      const strange = joinRef !== null && !this.#joined.has(joinRef) && event !== "phx_join";
      if (this.#answers.get(ref) === count || strange || this.#ended.has(topic)) continue;
      // Its instance was left or replaced by a later join, which answered or closed it.
      assert.fail(`${event} on ${topic} with ref ${ref} had ${this.#answers.get(ref) ?? 0} of ${count} answers`);
    }
  }

  #hear([joinRef, ref, topic, event, payload]: Frame): void {
    if (event === "phx_reply" && ref !== null) {
      this.#answers.set(ref, (this.#answers.get(ref) ?? 0) + 1);
      if (this.#requests.get(ref)?.event === "phx_join" && payload.status === "ok") this.#joined.add(String(joinRef));
    } else if (event === "phx_error" || event === "phx_close") this.#ended.add(topic);
  }

  #sendMessage(step: Extract<Step, { topic: string }>): void {
    const topic = step.topic === "view" ? this.#page.topic : step.topic;
    const payload = step.topic === "view" && step.event === "phx_join" ? this.#joinPayload(step.payload) : step.payload;
    const joinRef =
      step.joinRef === "none" ? null : step.joinRef === "strange" ? "77777" : (this.#joinRefs.get(topic) ?? null);
    this.#request(joinRef, topic, step.event, payload);
  }

  #joinPayload(payload: unknown): unknown {
    const valid = {
      url: `${this.#page.server.url}/`,
      params: { _mounts: 0 },
      session: this.#page.session,
      static: this.#page.statics,
    };
    if (payload === "valid") return valid;
    const mutation = payload as { valid?: string; value?: unknown } | null;
    return typeof mutation?.valid === "string" ? { ...valid, [mutation.valid]: mutation.value } : payload;
  }

  #request(joinRef: string | null, topic: string, event: string, payload: unknown): string {
    const ref = String(++this.#lastRef);
    const sent = event === "phx_join" ? ref : joinRef;
    if (event === "phx_join") this.#joinRefs.set(topic, ref);
    this.#requests.set(ref, { count: 1, topic, joinRef: sent, event });
    this.#last = deepText(JSON.stringify([sent, ref, topic, event, payload]));
    this.#webSocket.send(this.#last);
    return ref;
  }

  #repeat(): void {
    const request = this.#requests.get(String(this.#lastRef));
    if (request === undefined) return;
    request.count++;
    this.#webSocket.send(this.#last);
  }
}

test("no sequence of frames leaves anything unanswered, broken or behind", async (t) => {
  const uncaught: unknown[] = [];
  const catchIt = (error: unknown) => void uncaught.push(error);
  process.on("uncaughtExceptionMonitor", catchIt).on("unhandledRejection", catchIt);
  t.after(() => process.off("uncaughtExceptionMonitor", catchIt).off("unhandledRejection", catchIt));
  const town = await startTown(t);
  const page = await new Browser(town).get("/");

  const strangersCome = fc.asyncProperty(fc.array(session, { minLength: 1, maxLength: 3 }), async (sessions) => {
    const strangers = await Promise.all(sessions.map(({ mount }) => Stranger.connect(t, town, page, mount)));
    for (let index = 0; index < 40; index++) {
      for (const [which, stranger] of strangers.entries()) {
        const step = sessions[which]?.steps[index];
        if (step !== undefined) stranger.take(step);
      }
    }
    await Promise.all(strangers.map((stranger, which) => stranger.finish(String(sessions[which]?.end))));
    await idle(town);
    assertUnheard(town, [...topics, "town", page.topic, ...Array.from({ length: 150 }, (_, index) => `room:${index}`)]);
    const fresh = await Neighbours.moveIn(t, town);
    await fresh.noticeNothing();
    fresh.leave();
    await idle(town);
    assert.deepEqual(uncaught, []);
    assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
  });
  await fc.assert(strangersCome, { numRuns: runs, endOnFailure: true });
});
