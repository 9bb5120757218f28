import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { useChromium } from "./chromium.ts";

const browser = useChromium();

test("a page is loaded from a server of the test and runs its script", async (t) => {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>before</title><script>document.title = 'after'</script>");
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  const page = await browser.openPage(t);

  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

  assert.equal(await page.title(), "after");
  assert.equal(await page.evaluate(() => document.querySelectorAll("script").length), 1);
});
