import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { useShowcase } from "./showcase.ts";

const site = useShowcase();
const paths = ["/", "/counter", "/chat", "/chat/lobby", "/dash", "/room", "/crash"];

test("the home page is complete HTML", async () => {
  const response = await fetch(site.url);
  const page = await response.text();

  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'self'/);
  assert.match(page, /^<!doctype html>/i);
  assert.match(page, /<title[^>]*>Anqa<\/title>/);
  assert.match(page, /<\/html>\s*$/);
  for (const path of ["/counter", "/chat", "/dash", "/room", "/crash"])
    assert.ok(page.includes(`href="${path}"`), path);
});

test("the home page shows the source of the counter as it is", async (t) => {
  const page = await site.open(await site.newVisitor(t), "/");
  const source = readFileSync(new URL("../../examples/showcase/web/live/counter.ts", import.meta.url), "utf8");

  assert.equal(await page.locator("pre").first().textContent(), source);
});

for (const path of paths) {
  test(`${path} opens without a complaint of the browser, under its content security policy`, async (t) => {
    const page = await site.open(await site.newVisitor(t), path);

    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
    assert.match(await page.title(), /Anqa$/);
  });
}

for (const path of paths) {
  test(`${path} is sent without inline scripts and styles`, async () => {
    const page = await (await fetch(site.url + path)).text();

    assert.doesNotMatch(page, /<style|<[a-z][^>]*\sstyle=|<script(?![^>]*\ssrc=)/i);
  });
}

test("the menu leads to every page and marks the one that is open", async (t) => {
  const page = await site.open(await site.newVisitor(t), "/");
  const menu = page.getByRole("navigation", { name: "Pages" });
  assert.equal(await menu.locator("[aria-current]").count(), 0);

  for (const name of ["Counter", "Chat", "Dashboard", "Room", "Break it"]) {
    await menu.getByRole("link", { name }).click();
    await menu.locator("[aria-current=page]", { hasText: name }).waitFor();
    assert.equal(await menu.locator("[aria-current]").count(), 1);
  }
});
