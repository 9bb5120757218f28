/** The pages of errors in a browser: styled under their policy, narrow and wide, light and dark, without a script. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { errorPage } from "../../src/controller/index.ts";
import {
  type Conn,
  compilePipeline,
  fetchSession,
  InvalidParamsError,
  putSecureBrowserHeaders,
} from "../../src/plug/index.ts";
import { serve } from "../router/serving.ts";
import { useChromium } from "./chromium.ts";

const browser = useChromium();
const attack = "</pre><script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">";

const app = compilePipeline([
  fetchSession(),
  putSecureBrowserHeaders(),
  (conn: Conn) => {
    conn.session.put("note", attack);
    conn.assign({ user: { name: attack, bio: "x".repeat(500) } });
    if (conn.path === "/invalid") throw new InvalidParamsError({ email: ["is no address"] });
    throw new Error(`${"a long message ".repeat(20)}${attack}`, { cause: new TypeError("y".repeat(500)) });
  },
]);

/** Opens a page, and fails if the browser refused a part of it. */
async function open(t: TestContext, environment: "development" | "production", path: string): Promise<Page> {
  const { url } = await serve(t, app, { environment, onError: errorPage });
  const page = await browser.openPage(t);
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/refused|violates/i.test(message.text())) refused.push(message.text());
  });
  await page.goto(url + path);
  t.after(() => assert.deepEqual(refused, []));
  return page;
}

const evaluate = (page: Page, code: string): Promise<unknown> => page.evaluate(code);
const background = "getComputedStyle(document.body).backgroundColor";

test("the page of development is styled in light and dark", async (t) => {
  const page = await open(t, "development", "/posts");
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal(await evaluate(page, background), "rgb(250, 249, 247)");
  await page.emulateMedia({ colorScheme: "dark" });
  assert.equal(await evaluate(page, background), "rgb(23, 22, 26)");
});

test("it fits on a telephone, whatever it shows", async (t) => {
  const page = await open(t, "development", `/${"path".repeat(100)}?${"q".repeat(300)}=1`);
  for (const width of [400, 1200]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
    assert.equal(await evaluate(page, "document.documentElement.scrollWidth"), width);
  }
});

test("it runs nothing that the request, the error or the session bring", async (t) => {
  const page = await open(t, "development", `/${encodeURIComponent(attack)}?${encodeURIComponent(attack)}=${attack}`);
  assert.match(await page.title(), /^Error: a long message/);
  assert.equal(await page.locator("script, img").count(), 0);
  assert.ok((await page.getByText("document.title = 'run'").count()) > 2);
});

test("it unfolds without a script", async (t) => {
  const page = await open(t, "development", "/posts");
  assert.ok(!(await page.getByText("user-agent").isVisible()));
  await page.getByText("Request", { exact: true }).click();
  await page.getByText("user-agent").waitFor();
});

test("the page of production is styled, and says what a schema refused", async (t) => {
  const page = await open(t, "production", "/invalid");
  await page.setViewportSize({ width: 400, height: 800 });
  await page.getByRole("heading", { name: "422" }).waitFor();
  await page.getByText("is no address").waitFor();
  assert.equal(await evaluate(page, "getComputedStyle(document.querySelector('main')).display"), "grid");
  assert.equal(await evaluate(page, "document.documentElement.scrollWidth"), 400);
});
