import assert from "node:assert/strict";
import { test } from "node:test";
import { useGuide, Visitor } from "./support.ts";

const guide = useGuide("live-views");

test("tasks are added and toggled", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  const tasks = await visitor.open(t, "/");

  assert.match(visitor.body, /<title>Tasks<\/title>/);
  const added = await tasks.event("add", "title=Tea", "form");
  assert.match(JSON.stringify(added.response.diff), /"Tea"/);
  assert.match(JSON.stringify(added.response.diff), /"e":\[\["task_added",{"title":"Tea"}\]\]/);
  const toggled = await tasks.event("toggle", { id: "1" });
  assert.match(JSON.stringify(toggled.response.diff), / class=\\"done\\"/);
});

test("what the schema refuses leaves the page as it is, and is logged", async (t) => {
  const server = await guide.serve(t);
  const tasks = await new Visitor(server).open(t, "/");

  assert.deepEqual(await tasks.event("add", "title=", "form"), { status: "ok", response: {} });
  await server.program.prints(/live view "tasks" refused "add": its schema says/);
  const checked = await tasks.event("check", "title=", "form");
  assert.match(JSON.stringify(checked), /between 1 and 80 characters/);
});

test("the URL decides which tasks are shown", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  const tasks = await visitor.open(t, "/");
  await tasks.event("add", "title=Tea", "form");
  await tasks.event("toggle", { id: "1" });

  tasks.send("9", "live_patch", { url: `${visitor.server.url}/?show=open` });
  const [, , , , answer] = await tasks.next();

  assert.match(JSON.stringify(answer), /"status":"ok"/);
  assert.doesNotMatch(JSON.stringify(answer), /Tea/);
  assert.match(JSON.stringify(await tasks.event("toggle", { id: "1" })), /Tea/);
});

test("everybody sees everybody cheer, and a page that breaks disturbs nobody", async (t) => {
  const server = await guide.serve(t);
  const ann = await new Visitor(server).open(t, "/cheers");
  const bob = await new Visitor(server).open(t, "/cheers");

  ann.send("9", "event", { type: "click", event: "cheer", value: {} });
  let [, , , event, payload] = await bob.next();
  while (!JSON.stringify(payload).includes("!!!")) [, , , event, payload] = await bob.next();
  assert.equal(event, "diff");

  ann.send("10", "event", { type: "click", event: "break", value: {} });
  while (event !== "phx_error") [, , , event] = await ann.next();
  await server.program.prints(/live cheers .* crashed: broken on purpose/);
  bob.send("9", "event", { type: "click", event: "cheer", value: {} });
  while (!JSON.stringify(payload).includes("!!!!!!")) [, , , , payload] = await bob.next();
});

test("the hooks are served", async (t) => {
  const { url } = await guide.serve(t);

  const response = await fetch(`${url}/assets/hooks.js`);

  assert.equal(response.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(await response.text(), /export default { ClearWhenAdded };/);
});
