import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { CallContext, From } from "../../src/process/gen-server/context.ts";
import { continueWith, noReply, reply } from "../../src/process/gen-server/outcome.ts";
import { genServer } from "../../src/process/gen-server.ts";
import { createNode } from "../../src/process/index.ts";
import { quiet } from "./support.ts";

interface Items {
  readonly items: readonly number[];
  readonly waiting: readonly From<number>[];
}

/** A queue from which one may take before there is anything. What it does is done at once or after an await. */
const Queue = genServer("queue")
  .init((): Items => ({ items: [], waiting: [] }))
  .cast("put", (item: number, state) => put(state, item))
  .cast("put slowly", async (item: number, state) => {
    await Promise.resolve();
    return put(state, item);
  })
  .call("put and count", (item: number, state) => reply(state.items.length, put(state, item)))
  .call("put and count slowly", async (item: number, state) => {
    await quiet(1);
    return reply(state.items.length, put(state, item));
  })
  .call("put twice", (item: number, state) => reply(state.items.length, continueWith("put", item, put(state, item))))
  .continue("put", (item: number, state) => put(state, item))
  .call("take", (_nothing, { items: [first, ...items], waiting }, { from }: CallContext<number>) =>
    first === undefined ? noReply({ items, waiting: [...waiting, from] }) : reply(first, { items, waiting }),
  )
  .call("all", (_nothing, { items }) => reply(items));

function put({ items, waiting: [first, ...others] }: Items, item: number): Items {
  if (first === undefined) return { items: [...items, item], waiting: [] };
  first.reply(item);
  return { items, waiting: others };
}

type Operation = "put" | "put slowly" | "put and count" | "put and count slowly" | "put twice" | "take" | "all";
const operation = fc.constantFrom<Operation[]>(
  "put",
  "put slowly",
  "put and count",
  "put and count slowly",
  "put twice",
  "take",
  "take",
  "all",
);

/** What one of several clients does, and how many turns of the event loop it waits before. */
const step = fc.record({ client: fc.nat(3), operation, pause: fc.nat(2) });

interface Issued {
  readonly operation: Operation;
  readonly item: number;
  /** What it was answered; undefined for casts, and as long as it is open. */
  answer: unknown;
}

suite("calls and casts, whoever makes them and however their handlers go about it", () => {
  test("are answered as if one had followed the other", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const node = createNode();
        const queue = await Queue.start(node);
        const issued: Issued[] = [];
        const issue = (operation: Operation) => {
          const item = issued.length;
          const one: Issued = { operation, item, answer: undefined };
          issued.push(one);
          if (operation === "put" || operation === "put slowly") queue.cast(operation, item);
          else {
            const forEver = { timeout: Infinity };
            const answer =
              operation === "take" || operation === "all"
                ? queue.call(operation, undefined, forEver)
                : queue.call(operation, item, forEver);
            answer.then((value) => (one.answer = value));
          }
        };
        // The clients: the outside, and three processes.
        const clients = [1, 2, 3].map(() =>
          node.spawn("client", () => ({ receive: ({ event }) => issue(event as Operation) })),
        );
        for (const { client, operation, pause } of steps) {
          await quiet(pause);
          if (client === 0) issue(operation);
          else clients[client - 1]?.deliver({ event: operation, payload: undefined });
        }
        await quiet(5);
        await queue.call("all");

        assert.equal(issued.length, steps.length);
        assert.deepEqual(
          issued.map(({ answer }) => answer),
          expected(issued),
        );
      }),
      { numRuns: 60 },
    );
  });
});

/** What a queue without any processes would have answered. */
function expected(issued: readonly Issued[]): unknown[] {
  const answers: unknown[] = issued.map(() => undefined);
  const waiting: number[] = [];
  let items: number[] = [];
  const add = (item: number) => {
    const first = waiting.shift();
    if (first === undefined) items = [...items, item];
    else answers[first] = item;
  };
  for (const [index, { operation, item }] of issued.entries()) {
    if (operation === "all") answers[index] = items;
    else if (operation === "take") {
      if (items.length === 0) waiting.push(index);
      else {
        answers[index] = items[0];
        items = items.slice(1);
      }
    } else {
      if (operation !== "put" && operation !== "put slowly") answers[index] = items.length;
      add(item);
      if (operation === "put twice") add(item);
    }
  }
  return answers;
}
