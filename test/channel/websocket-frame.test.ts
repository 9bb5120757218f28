import assert from "node:assert/strict";
import type { Writable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import * as ws from "ws";
import { joinFrames, textFrameOf } from "../../src/channel/websocket-frame.ts";

// The types of `ws` leave its parser out.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** What the parser of `ws` reads from bytes. */
function parse(bytes: Buffer): string[] {
  const texts: string[] = [];
  const receiver = new Receiver({ isServer: false, maxPayload: 0, allowSynchronousEvents: true });
  receiver.on("message", (data: Buffer, isBinary: boolean) => {
    assert.equal(isBinary, false);
    texts.push(data.toString());
  });
  receiver.on("error", (error: Error) => {
    throw error;
  });
  receiver.write(bytes);
  return texts;
}

test("frames of every length class are read by ws as they were written", () => {
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 200_000]) {
    const text = "x".repeat(length);
    assert.deepEqual(parse(textFrameOf(text)), [text], `length ${length}`);
  }
});

test("several messages, framed or not, arrive one by one and in order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.boolean()), { minLength: 1 }), (messages) => {
      const joined = joinFrames(messages.map(([text, framed]) => (framed ? textFrameOf(text) : text)));
      assert.deepEqual(
        parse(joined),
        messages.map(([text]) => Buffer.from(text).toString()),
      );
    }),
  );
});
