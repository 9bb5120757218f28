import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { createNode, type Message } from "../../src/process/index.ts";
import { routine } from "../../src/process/routine.ts";
import { ended, message, quiet } from "./support.ts";

const tag = fc.constantFrom("a", "b", "c");

/** What the routine asks for, one after the other: a tag or anything, and how it works before the next. */
const wanted = fc.record({
  tag: fc.option(tag, { nil: undefined }),
  works: fc.constantFrom("not at all", "a turn"),
});

/** What is sent to it: some messages at a time. */
const bursts = fc.array(fc.array(tag, { maxLength: 100 }), { maxLength: 6 });

/** What a list from which the first fitting element is taken would give. */
function expected(sent: readonly number[], tags: readonly string[], wants: readonly (string | undefined)[]) {
  const left = [...sent];
  const taken: number[] = [];
  for (const want of wants) {
    const index = left.findIndex((number) => want === undefined || tags[number] === want);
    if (index < 0) return taken;
    taken.push(...left.splice(index, 1));
  }
  return taken;
}

suite("selective receive, whatever is sent and asked for", () => {
  test("takes the oldest message that matches, and loses none", async () => {
    await fc.assert(
      fc.asyncProperty(bursts, fc.array(wanted, { maxLength: 40 }), async (groups, wants) => {
        const tags = groups.flat();
        const taken: number[] = [];
        const process = createNode().spawn(
          "tested",
          routine(async (self) => {
            for (const want of wants) {
              const match = (one: Message) => want.tag === undefined || one.event === want.tag;
              taken.push((await self.receive(match)).payload as number);
              if (want.works === "a turn") await new Promise(setImmediate);
            }
            await new Promise(() => {});
          }),
        );
        let next = 0;
        for (const group of groups) {
          for (const name of group) process.deliver(message(name, next++));
          await quiet(2);
        }
        await quiet(wants.length * 2 + 4);
        const numbers = tags.map((_, index) => index);
        assert.deepEqual(
          taken,
          expected(
            numbers,
            tags,
            wants.map((want) => want.tag),
          ),
        );
        const end = ended(process);
        process.exit("killed");
        await end;
      }),
      { numRuns: 60 },
    );
  });
});
