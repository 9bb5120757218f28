import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, nat, option, property, record, string } from "fast-check";
import { encodeEvent, type ServerSentEvent } from "../../src/plug/event-stream/server-sent-event.ts";

test("an event has a line for each field, and one for each line of its data", () => {
  assert.equal(encodeEvent("hello"), "data: hello\n\n");
  assert.equal(encodeEvent({ data: "a\nb\r\nc\rd" }), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  assert.equal(
    encodeEvent({ id: "7", event: "tick", data: { now: 1 }, retry: 500, comment: "for\nyou" }),
    ': for\n: you\nevent: tick\nid: 7\nretry: 500\ndata: {"now":1}\n\n',
  );
  assert.equal(encodeEvent({ comment: "" }), ": \n\n");
  assert.equal(encodeEvent({ data: "" }), "data: \n\n");
  assert.equal(encodeEvent({ data: null }), "data: null\n\n");
});

test("hostile: no field can begin another one, or another event", () => {
  for (const text of ["a\ndata: evil", "a\r\n\r\ndata: evil", "a\rb", "a\0"]) {
    assert.throws(() => encodeEvent({ id: text, data: "" }), /the id of a server-sent event is one line/);
    assert.throws(() => encodeEvent({ event: text, data: "" }), /the event of a server-sent event is one line/);
  }
  for (const retry of [-1, 1.5, Number.NaN, "1\ndata: evil" as unknown as number]) {
    assert.throws(() => encodeEvent({ retry }), /give whole milliseconds/);
  }
  assert.equal(encodeEvent({ comment: "a\n\ndata: evil" }), ": a\n: \n: data: evil\n\n");
});

/** As browsers read a stream (HTML Standard, section 9.2.6), as far as it is complete. */
function readStream(text: string): { event: string; data: string; id: string }[] {
  const events: { event: string; data: string; id: string }[] = [];
  let data: string[] = [];
  let [event, id] = ["", ""];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === "") {
      if (data.length > 0) events.push({ event: event || "message", data: data.join("\n"), id });
      data = [];
      event = "";
      continue;
    }
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/su.exec(line) ?? [];
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id") id = value;
  }
  return events;
}

test("property: a browser reads what was sent", () => {
  const oneLine = string({ unit: "binary", minLength: 1 }).filter((text) => !/[\r\n\0]/.test(text));
  const anEvent = record({
    data: string({ unit: "binary" }),
    event: oneLine,
    id: oneLine,
    retry: option(nat(), { nil: undefined }),
    comment: option(string(), { nil: undefined }),
  });
  check(
    property(array(anEvent), (events) => {
      const stream = events.map((event) => encodeEvent(event as ServerSentEvent)).join("");
      const expected = events.map(({ data, event, id }) => ({ event, data: data.split(/\r\n|\r|\n/).join("\n"), id }));
      assert.deepEqual(readStream(stream), expected);
    }),
  );
});
