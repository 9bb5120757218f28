import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  fetchFlash,
  json,
  putFlash,
  putRootLayout,
  type RootLayout,
  render,
  html as sendHtml,
  text,
} from "../../src/controller/index.ts";
import { type Conn, compilePipeline, fetchSession, validCsrfToken } from "../../src/plug/index.ts";
import { html, raw } from "../../src/template/index.ts";
import { serve } from "../router/serving.ts";

const Root: RootLayout = ({ inner, pageTitle, flash, conn }) =>
  html`<title>${pageTitle ?? "none"}</title><p>${flash.info}</p><main>${inner}</main><i>${conn.path}</i>`;

describe("render", () => {
  it("answers with HTML, escaped", async (t) => {
    const { fetch } = await serve(t, (conn) => render(conn, html`<p>${"<b>"}</p>`));
    const answer = await fetch("/");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(await answer.text(), "<p>&lt;b&gt;</p>");
  });

  it("wraps the page in the root layout", async (t) => {
    const page = (conn: Conn) => render(conn, html`<b>page</b>`, { pageTitle: "A & B" });
    const { fetch } = await serve(t, compilePipeline([putRootLayout(Root), page]));
    assert.equal(await (await fetch("/x")).text(), "<title>A &amp; B</title><p></p><main><b>page</b></main><i>/x</i>");
  });

  it("takes the layout that was put last", async (t) => {
    const Other: RootLayout = ({ inner }) => html`<section>${inner}</section>`;
    const page = (conn: Conn) => render(conn, html`page`);
    const { fetch } = await serve(t, compilePipeline([putRootLayout(Root), putRootLayout(Other), page]));
    assert.equal(await (await fetch("/")).text(), "<section>page</section>");
  });

  it("leaves the layout out if told so", async (t) => {
    const page = (conn: Conn) => render(conn, html`fragment`, { layout: false });
    const { fetch } = await serve(t, compilePipeline([putRootLayout(Root), page]));
    assert.equal(await (await fetch("/")).text(), "fragment");
  });

  it("shows a flash that was put for this page", async (t) => {
    const page = (conn: Conn) => {
      putFlash(conn, "info", "now");
      render(conn, html`page`);
    };
    const { fetch } = await serve(t, compilePipeline([fetchSession(), fetchFlash(), putRootLayout(Root), page]));
    const answer = await fetch("/");
    assert.match(await answer.text(), /<p>now<\/p>/);
    assert.deepEqual(answer.headers.getSetCookie(), []);
  });

  it("takes the status of the options before that of the conn", async (t) => {
    const { fetch } = await serve(t, (conn) => {
      conn.status = 201;
      render(conn, html`made`, conn.path === "/own" ? { status: 422 } : {});
    });
    assert.equal((await fetch("/")).status, 201);
    assert.equal((await fetch("/own")).status, 422);
  });

  it("keeps a content type that was set before", async (t) => {
    const { fetch } = await serve(t, (conn) => {
      conn.setHeader("content-type", "application/xhtml+xml");
      render(conn, html`<p></p>`);
    });
    assert.equal((await fetch("/")).headers.get("content-type"), "application/xhtml+xml");
  });

  it("answers HEAD with the same head and no body", async (t) => {
    const { fetch } = await serve(t, (conn) => render(conn, html`äöü`));
    const answer = await fetch("/", { method: "HEAD" });
    assert.equal(answer.headers.get("content-length"), "6");
    assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(await answer.text(), "");
  });

  it("has sent nothing when the layout throws", async (t) => {
    const Broken: RootLayout = () => {
      throw new Error("the layout is broken");
    };
    const page = (conn: Conn) => render(conn, html`page`);
    const { fetch } = await serve(t, compilePipeline([putRootLayout(Broken), page]));
    const answer = await fetch("/");
    assert.equal(answer.status, 500);
    assert.equal(await answer.text(), "the layout is broken");
  });
});

describe("html", () => {
  it("answers with markup alone, without the layouts", async (t) => {
    const page = (conn: Conn) => sendHtml(conn, html`<option>${"<b>"}</option>`, "created");
    const { fetch } = await serve(t, compilePipeline([putRootLayout(Root), page]));
    const answer = await fetch("/");
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(await answer.text(), "<option>&lt;b&gt;</option>");
  });

  it("takes what was marked as markup, and no text", async (t) => {
    const { fetch } = await serve(t, (conn) => sendHtml(conn, raw("<hr>")));
    assert.equal(await (await fetch("/")).text(), "<hr>");
    // @ts-expect-error text is no markup
    void ((conn: Conn) => sendHtml(conn, "<hr>"));
  });
});

describe("the layout's csrfToken", () => {
  const page = (conn: Conn) => render(conn, html`page`);

  it("makes no session for a layout that does not read it", async (t) => {
    const { fetch } = await serve(t, compilePipeline([fetchSession(), putRootLayout(Root), page]));
    assert.deepEqual((await fetch("/")).headers.getSetCookie(), []);
  });

  it("is not missed without a session by a layout that does not read it", async (t) => {
    const { fetch } = await serve(t, compilePipeline([putRootLayout(Root), page]));
    assert.equal((await fetch("/")).status, 200);
  });

  it("is valid for the session that it is sent with", async (t) => {
    const Meta: RootLayout = ({ csrfToken }) => html`${csrfToken}`;
    const check = (conn: Conn) => text(conn, String(validCsrfToken(conn.session.data, conn.queryString)));
    const { fetch } = await serve(
      t,
      compilePipeline([
        fetchSession(),
        putRootLayout(Meta),
        (conn) => (conn.path === "/check" ? check(conn) : page(conn)),
      ]),
    );
    const answer = await fetch("/");
    const token = await answer.text();
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    assert.equal(await (await fetch(`/check?${token}`, { headers: { cookie } })).text(), "true");
  });
});

describe("json", () => {
  it("answers with JSON and a status", async (t) => {
    const { fetch } = await serve(t, (conn) => json(conn, { id: 7, name: "Ä" }, 201));
    const answer = await fetch("/");
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
    assert.deepEqual(await answer.json(), { id: 7, name: "Ä" });
  });

  it("keeps a content type that was set before", async (t) => {
    const { fetch } = await serve(t, (conn) => json(conn.setHeader("content-type", "application/problem+json"), null));
    assert.equal((await fetch("/")).headers.get("content-type"), "application/problem+json");
  });

  it("takes the status by name", async (t) => {
    const { fetch } = await serve(t, (conn) => json(conn, [], "accepted"));
    assert.equal((await fetch("/")).status, 202);
  });

  it("refuses a promise, which JSON would make an empty object of", async (t) => {
    const { fetch } = await serve(t, (conn) => json(conn, Promise.resolve(1)));
    assert.match(await (await fetch("/")).text(), /await it first/);
  });

  it("refuses what JSON has no form for", async (t) => {
    const { fetch } = await serve(t, (conn) => json(conn, undefined));
    assert.match(await (await fetch("/")).text(), /json\(\) was given undefined/);
  });
});

describe("text", () => {
  it("answers with plain text", async (t) => {
    const { fetch } = await serve(t, (conn) => text(conn, "<b>", 404));
    const answer = await fetch("/");
    assert.equal(answer.status, 404);
    assert.equal(answer.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(await answer.text(), "<b>");
  });
});
