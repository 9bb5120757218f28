import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { useShowcase } from "./showcase.ts";

const site = useShowcase();

test("the count is in the page that is sent", async () => {
  const page = await (await fetch(`${site.url}/counter`)).text();

  assert.match(page, /<output[^>]*>0<\/output>/);
  assert.match(page, /<div id="phx-[^"]+"[^>]* data-phx-main/);
});

test("a browser without JavaScript shows the count", async (t) => {
  const visitor = await site.newVisitor(t);
  const context = await visitor.context().browser()?.newContext({ javaScriptEnabled: false });
  t.after(() => context?.close());
  const page = (await context?.newPage()) as Page;

  await page.goto(`${site.url}/counter`);

  assert.equal(await page.locator("output").textContent(), "0");
});

test("clicks count, up and down", async (t) => {
  const page = await site.open(await site.newVisitor(t), "/counter");

  for (const expected of ["1", "2", "3"]) await clickAndSee(page, "+1", expected);
  for (const expected of ["2", "1", "0", "-1"]) await clickAndSee(page, "−1", expected);
});

test("two tabs count for themselves", async (t) => {
  const page = await site.open(await site.newVisitor(t), "/counter");
  const other = await site.open(await page.context().newPage(), "/counter");

  await clickAndSee(page, "+1", "1");
  await clickAndSee(page, "+1", "2");
  await clickAndSee(other, "+1", "1");
});

test("a click is answered with the one number that changed", async (t) => {
  const page = await site.newVisitor(t);
  const { sent, received } = recordFrames(page);
  await site.open(page, "/counter");
  const id = await page.locator("[data-phx-main]").getAttribute("id");

  await clickAndSee(page, "+1", "1");

  const click = sent.find((frame) => frame.includes('"click"')) ?? "";
  const [joinRef, ref, topic, event, payload] = JSON.parse(click);
  assert.deepEqual([joinRef, topic, event, payload.event], ["4", `lv:${id}`, "event", "increment"]);
  assert.equal(
    received.find((frame) => frame.startsWith(`["4","${ref}",`)),
    `["4","${ref}","lv:${id}","phx_reply",{"status":"ok","response":{"diff":{"0":"1"}}}]`,
  );
});

async function clickAndSee(page: Page, button: string, count: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page
    .locator("output")
    .filter({ hasText: new RegExp(`^${count}$`) })
    .waitFor();
}

/** What goes over the page's web sockets from now on, as text. */
function recordFrames(page: Page): { readonly sent: string[]; readonly received: string[] } {
  const frames = { sent: [] as string[], received: [] as string[] };
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => frames.sent.push(String(payload)));
    socket.on("framereceived", ({ payload }) => frames.received.push(String(payload)));
  });
  return frames;
}
