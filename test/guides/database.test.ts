import assert from "node:assert/strict";
import { test } from "node:test";
import { useGuide, Visitor } from "./support.ts";

const guide = useGuide("database");

test("everybody in the room sees a message, and it is still there after a restart", async (t) => {
  const first = await guide.serve(t);
  const ann = await new Visitor(first).open(t, "/chat/lobby");
  const bob = await new Visitor(first).open(t, "/chat/lobby");

  ann.send("9", "event", { type: "form", event: "send", value: "body=Hello" });
  const [, , , event, payload] = await bob.next();
  assert.deepEqual([event, /"Hello"/.test(JSON.stringify(payload))], ["diff", true]);
  assert.deepEqual(await (await fetch(`${first.url}/rooms`)).json(), [{ name: "lobby", messages: 1 }]);
  assert.equal(await first.program.stop(), 0);

  const later = await new Visitor(await guide.serve(t)).get("/chat/lobby");
  assert.match(later.body, /<li>Hello<\/li>/);
});

test("the file of the database is the one that the environment names", async (t) => {
  const { url } = await guide.serve(t, "app.ts", { DATABASE: ":memory:" });

  assert.deepEqual(await (await fetch(`${url}/rooms`)).json(), []);
});
