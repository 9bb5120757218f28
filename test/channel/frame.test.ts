import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeFrame, encodeBroadcast, encodePush, encodeReply } from "../../src/channel/frame.ts";

test("a frame is an array of join_ref, ref, topic, event and payload; more is ignored", () => {
  assert.deepEqual(decodeFrame('["1","2","t","e",{"a":1},"more"]'), ["1", "2", "t", "e", { a: 1 }, "more"]);
  assert.deepEqual(decodeFrame('[null,null,"t","e",null]'), [null, null, "t", "e", null]);
});

test("what is no frame is told in a sentence", () => {
  const wrong = {
    "{": "frame is not JSON",
    "": "frame is not JSON",
    "{}": "frame is not an array of join_ref, ref, topic, event, payload",
    '["1","2","t","e"]': "frame is not an array of join_ref, ref, topic, event, payload",
    '[1,"2","t","e",{}]': "join_ref is neither string nor null",
    '["1",2,"t","e",{}]': "ref is neither string nor null",
    '["1","2",null,"e",{}]': "topic is not a string",
    '["1","2","t",{},{}]': "event is not a string",
  };
  for (const [text, sentence] of Object.entries(wrong)) assert.equal(decodeFrame(text), sentence);
});

test("decoding never throws", () => {
  fc.assert(fc.property(fc.string(), (text) => void decodeFrame(text)));
  fc.assert(fc.property(fc.json(), (text) => void decodeFrame(text)));
});

test("replies, pushes and broadcasts have the members in the order of the reference server", () => {
  assert.equal(
    encodeReply('"1"', '"2"', '"t"', "ok", '{"a":1}'),
    '["1","2","t","phx_reply",{"status":"ok","response":{"a":1}}]',
  );
  assert.equal(encodePush('"1"', '"t"', "e", "{}"), '["1",null,"t","e",{}]');
  assert.equal(encodeBroadcast("t", "e", { a: 1 }), '[null,null,"t","e",{"a":1}]');
  assert.equal(encodeBroadcast("t", "e", undefined), '[null,null,"t","e",{}]');
});

test("any topic, event and payload come out of a broadcast as they went in", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.jsonValue(), (topic, event, payload) => {
      assert.deepEqual(JSON.parse(encodeBroadcast(topic, event, payload)), [
        null,
        null,
        topic,
        event,
        JSON.parse(JSON.stringify(payload ?? {})),
      ]);
    }),
  );
});
