/** Forms, hooks, titles and the loss of the connection, with the official client. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html, liveView } from "../../src/live/index.ts";
import { pubSubOf } from "../../src/pubsub/index.ts";
import { shows, titled, useSite } from "./live-site.ts";

const FormLive = liveView("form")
  .mount((_params, _session, socket) => socket.subscribe("form").assign({ name: "", news: 0, saved: "" }))
  .event("change", (params, socket) => socket.assign({ name: String(params.name) }))
  .event("save", (params, socket) => socket.assign({ saved: String(params.name) }))
  .info("news", (news, socket) => socket.assign({ news: Number(news) }))
  .render(
    ({ name, news, saved }) => html`
      <form id="form" phx-change="change" phx-submit="save">
        <input name="name" value="${name.toUpperCase()}"><input name="other"><button>Save</button>
      </form>
      <p id="name">${name}</p><p id="news">${news}</p><p id="saved">${saved}</p>
    `,
  );

const HookLive = liveView("hook")
  .mount((_params, _session, socket) => socket.assign({ pageTitle: "First", asked: "" }))
  .event("tell", (_params, socket) => socket.pushEvent("told", { text: `<b>"told"</b> ✓` }))
  .event("ask", (params, socket) => {
    socket.assign({ asked: String(params.question) });
    socket.reply({ answer: `${params.question}!` });
  })
  .event("rename", (_params, socket) => socket.assign({ pageTitle: `Second & <last>` }))
  .render(
    ({ asked }) => html`
      <div id="hook" phx-hook="Teller" phx-update="ignore"><p id="told"></p><p id="answer"></p></div>
      <p id="asked">${asked}</p><button id="tell" phx-click="tell">Tell</button>
      <button id="rename" phx-click="rename">Rename</button>
    `,
  );

const hooks = `export const hooks = {
  Teller: {
    mounted() {
      this.handleEvent("told", ({ text }) => (this.el.querySelector("#told").textContent = text));
      this.pushEvent("ask", { question: "why" }, ({ answer }) => (this.el.querySelector("#answer").textContent = answer));
    },
  },
};`;

const LampLive = liveView("lamp")
  .mount((_params, _session, socket) => socket.assign({ count: 0 }))
  .event("count", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .event("crash", () => {
    throw new Error("crash on purpose");
  })
  .render(
    ({ count }) => html`
      <p id="lamp" phx-disconnected='[["add_class",{"names":["off"]}]]' phx-connected='[["remove_class",{"names":["off"]}]]'>
        lamp
      </p>
      <output>${count}</output><button id="count" phx-click="count">Count</button>
      <button id="crash" phx-click="crash">Crash</button>
    `,
  );

const site = useSite({ "/form": FormLive, "/hook": HookLive, "/lamp": LampLive }, hooks);

test("a form that is changed keeps focus, value and caret, whatever else the page gets", async (t) => {
  const page = await site.open(t, "/form");
  const field = page.locator("input[name=name]");
  await field.pressSequentially("ann");
  await shows(page, "#name", "ann");
  await field.press("ArrowLeft");
  pubSubOf(site.node).broadcast("form", "news", 1);
  await shows(page, "#news", "1");
  await page.keyboard.type("X");
  await shows(page, "#name", "anXn");
  assert.equal(await field.inputValue(), "anXn");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "name");
  await page.keyboard.press("Enter");
  await shows(page, "#saved", "anXn");
});

test("a form with umlauts, quotes and line breaks arrives as it was typed", async (t) => {
  const page = await site.open(t, "/form");
  const text = `Ä "quoted" & <tag> 100% + ✓ 👋`;
  await page.locator("input[name=name]").fill(text);
  await shows(page, "#name", text);
});

test("a hook gets pushed events and the replies to its own", async (t) => {
  const page = await site.open(t, "/hook");
  await shows(page, "#answer", "why!");
  await shows(page, "#asked", "why");
  await page.click("#tell");
  await shows(page, "#told", `<b>"told"</b> ✓`);
});

test("the title follows the assign", async (t) => {
  const page = await site.open(t, "/hook");
  await titled(page, "First");
  await page.click("#rename");
  await titled(page, "Second & <last>");
});

test("a view that crashes is shown as such until it is there again", async (t) => {
  const page = await site.open(t, "/lamp");
  await page.click("#count");
  await shows(page, "output", "1");
  await page.click("#crash");
  await page.locator("#lamp.off").waitFor();
  await page.locator("#lamp:not(.off)").waitFor();
  await shows(page, "output", "0");
  assert.ok(await site.isSameDocument(page));
});

test("a page without its server says so, and works again when the server is back", async (t) => {
  const page = await site.open(t, "/lamp");
  await page.click("#count");
  await shows(page, "output", "1");
  await site.stop();
  await page.locator("[data-phx-main].phx-loading.phx-client-error #lamp.off").waitFor();
  await site.start();
  await page.locator("[data-phx-main].phx-connected #lamp:not(.off)").waitFor();
  await shows(page, "output", "0");
  await page.click("#count");
  await shows(page, "output", "1");
  assert.ok(await site.isSameDocument(page));
});
