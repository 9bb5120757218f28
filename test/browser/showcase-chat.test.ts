import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { postMessage } from "../../examples/showcase/messages.ts";
import { useShowcase } from "./showcase.ts";

const site = useShowcase();

test("a chosen name is remembered, and greeted once", async (t) => {
  const page = await visitorNamed(await site.newVisitor(t), "Ada");
  await page.getByText("You are Ada now.").waitFor();

  await page.reload();

  assert.equal(await page.getByText("You are Ada now.").count(), 0);
  assert.equal(await page.getByLabel("Your name").inputValue(), "Ada");
});

test("a name that is only spaces is refused with a reason", async (t) => {
  const page = await visitorNamed(await site.newVisitor(t), "   ");

  await page.getByText("A name has between 1 and 30 characters.").waitFor();
  assert.notEqual((await page.getByLabel("Your name").inputValue()).trim(), "");
});

test("a form without its token is refused", async () => {
  const response = await fetch(`${site.url}/nickname`, {
    method: "POST",
    body: new URLSearchParams({ nickname: "Eve" }),
  });

  assert.equal(response.status, 403);
});

test("two visitors see each other's messages at once", async (t) => {
  const ada = await visitorNamed(await site.newVisitor(t), "Ada");
  const grace = await visitorNamed(await site.newVisitor(t), "Grace");
  await Promise.all([site.open(ada, "/chat/lobby"), site.open(grace, "/chat/lobby")]);

  await say(ada, "Hello <b>there</b> & welcome");
  await seeMessage(grace, "Ada", "Hello <b>there</b> & welcome");
  await say(grace, "Good to be here");

  for (const page of [ada, grace]) {
    await seeMessage(page, "Ada", "Hello <b>there</b> & welcome");
    await seeMessage(page, "Grace", "Good to be here");
    assert.equal(await page.getByRole("log").locator("li").count(), 2);
  }
});

test("the field is empty again once the message is out, and keeps the focus", async (t) => {
  const page = await site.open(await site.newVisitor(t), "/chat/kitchen");
  const field = page.getByLabel("Message", { exact: true });

  await field.fill("one");
  await page.keyboard.press("Enter");
  await page.getByRole("log").getByText("one", { exact: true }).waitFor();
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[name=body]")?.value === "");
  await page.keyboard.type("two");
  await page.keyboard.press("Enter");

  await page.getByRole("log").getByText("two", { exact: true }).waitFor();
});

test("a room does not hear other rooms", async (t) => {
  const page = await site.open(await site.newVisitor(t), "/chat/cellar");
  const elsewhere = await site.open(await page.context().newPage(), "/chat/attic");

  await say(elsewhere, "up here");
  await elsewhere.getByRole("log").getByText("up here").waitFor();
  await say(page, "down here");
  await page.getByRole("log").getByText("down here").waitFor();

  assert.equal(await page.getByRole("log").locator("li").count(), 1);
});

test("a room shows its last fifty messages, the newest in view", async (t) => {
  for (let number = 1; number <= 53; number++) {
    await postMessage(site.node, { room: "archive", user: "Clio", body: `entry ${number}` });
  }
  const page = await site.open(await site.newVisitor(t), "/chat/archive");
  const entries = page.getByRole("log").locator("li");

  assert.equal(await entries.count(), 50);
  await seeMessage(page, "Clio", "entry 4");
  assert.equal(await isInView(page, "entry 53"), true);
  await say(page, "one more");
  await entries.getByText("one more").waitFor();
  assert.equal(await entries.count(), 50);
  assert.equal(await isInView(page, "one more"), true);
  assert.equal(await page.getByText("entry 4", { exact: true }).count(), 0);
});

async function visitorNamed(page: Page, name: string): Promise<Page> {
  await site.open(page, "/chat");
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Use this name" }).click();
  await page.getByRole("status").filter({ hasText: /\S/ }).waitFor();
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

async function seeMessage(page: Page, user: string, body: string): Promise<void> {
  await page.getByRole("log").locator("li").filter({ hasText: user }).getByText(body, { exact: true }).waitFor();
}

function isInView(page: Page, text: string): Promise<boolean> {
  return page.getByText(text, { exact: true }).evaluate((element) => {
    const frame = element.closest("ol")?.getBoundingClientRect() as DOMRect;
    return element.getBoundingClientRect().bottom <= frame.bottom + 1;
  });
}
