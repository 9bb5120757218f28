import { test } from "node:test";
import type { Page } from "playwright-core";
import { useShowcase } from "./showcase.ts";

const site = useShowcase();

test("what is said in the lobby with Enter reaches every tab", async (t) => {
  const page = await inLobby(await site.newVisitor(t));
  const other = await inLobby(await page.context().newPage());

  await page.getByLabel("Message", { exact: true }).fill("Hello, lobby");
  await page.keyboard.press("Enter");

  for (const tab of [page, other]) await tab.getByRole("log").getByText("Hello, lobby").waitFor();
});

test("any other room answers that the visitor is unauthorized, and the lobby stays open", async (t) => {
  const page = await inLobby(await site.newVisitor(t));

  await join(page, "vault");
  await page.getByText("unauthorized", { exact: true }).waitFor();
  await join(page, "lobby");
  await page.getByText("joined lobby").waitFor();
});

async function inLobby(page: Page): Promise<Page> {
  await site.open(page, "/room");
  await page.getByText("joined lobby").waitFor();
  return page;
}

async function join(page: Page, room: string): Promise<void> {
  await page.getByLabel("Room", { exact: true }).fill(room);
  await page.getByRole("button", { name: "Join" }).click();
}
