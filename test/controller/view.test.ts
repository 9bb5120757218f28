import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { putFormat, putRootLayout, type RootLayout, render, type View } from "../../src/controller/index.ts";
import { accepts, type Conn, compilePipeline, type Plug } from "../../src/plug/index.ts";
import { html, raw } from "../../src/template/index.ts";
import { serve } from "../router/serving.ts";

interface Post {
  readonly title: string;
}

const PostView = {
  html: ({ post }: { post: Post }) => html`<h1>${post.title}</h1>`,
  json: ({ post }: { post: Post }) => ({ title: post.title }),
  csv: ({ post }: { post: Post }) => `title\r\n${post.title}\r\n`,
};

const show = (conn: Conn) => render(conn, PostView, { post: { title: "A & B" } });
const typeOf = (answer: Response) => answer.headers.get("content-type");

describe("render with a view", () => {
  const formats = accepts("html", "json", "csv");
  const Root: RootLayout = ({ inner }) => html`<main>${inner}</main>`;
  const app = compilePipeline([formats, putRootLayout(Root), show]);

  it("answers in the format of the conn: HTML in its layout", async (t) => {
    const answer = await (await serve(t, app)).fetch("/", { headers: { accept: "text/html" } });
    assert.equal(typeOf(answer), "text/html; charset=utf-8");
    assert.equal(await answer.text(), "<main><h1>A &amp; B</h1></main>");
  });

  it("JSON as JSON, without a layout", async (t) => {
    const answer = await (await serve(t, app)).fetch("/", { headers: { accept: "application/json" } });
    assert.equal(typeOf(answer), "application/json; charset=utf-8");
    assert.equal(await answer.text(), '{"title":"A & B"}');
  });

  it("and others under the content type of their extension", async (t) => {
    const { fetch } = await serve(t, app);
    const answer = await fetch("/", { headers: { accept: "text/csv" } });
    assert.equal(typeOf(answer), "text/csv; charset=utf-8");
    assert.equal(await answer.text(), "title\r\nA & B\r\n");
    assert.equal(typeOf(await fetch("/?_format=csv")), "text/csv; charset=utf-8");
  });

  it("chooses among its own formats where no plug did", async (t) => {
    const { fetch } = await serve(t, show);
    assert.equal(typeOf(await fetch("/")), "text/html; charset=utf-8");
    const answer = await fetch("/", { headers: { accept: "application/json" } });
    assert.equal(typeOf(answer), "application/json; charset=utf-8");
    assert.match(answer.headers.get("vary") ?? "", /accept/i);
  });

  it("names the formats that it has when it is asked for another", async (t) => {
    const { fetch } = await serve(t, compilePipeline([putFormat("xml"), show]));
    const answer = await fetch("/");
    assert.equal(answer.status, 406);
    assert.match(await answer.text(), /is to be answered as xml, and its view has html, json, csv:/);
  });

  it("refuses what the client accepts none of", async (t) => {
    const answer = await (await serve(t, show)).fetch("/", { headers: { accept: "image/png" } });
    assert.equal(answer.status, 406);
    assert.match(await answer.text(), /text\/html/);
  });

  it("finds no format in what every object has", async (t) => {
    for (const format of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      const { fetch } = await serve(t, compilePipeline([putFormat(format), show]));
      assert.equal((await fetch("/")).status, 406, format);
    }
  });

  it("takes status and title", async (t) => {
    const Titled: RootLayout = ({ inner, pageTitle }) => html`<title>${pageTitle}</title>${inner}`;
    const page: Plug = (conn) =>
      render(conn, PostView, { post: { title: "x" } }, { status: "created", pageTitle: "Made" });
    const { fetch } = await serve(t, compilePipeline([accepts("html"), putRootLayout(Titled), page]));
    const answer = await fetch("/");
    assert.equal(answer.status, 201);
    assert.equal(await answer.text(), "<title>Made</title><h1>x</h1>");
  });

  it("tells the view of the conn", async (t) => {
    const view = { html: (_nothing: object, conn: Conn) => html`<i>${conn.path}</i>` };
    const { fetch } = await serve(t, (conn) => render(conn, view, {}));
    assert.equal(await (await fetch("/here")).text(), "<i>/here</i>");
  });

  it("sends bytes and marked markup as they are", async (t) => {
    const bytes = { png: () => new Uint8Array([1, 2, 3]), svg: () => raw("<svg/>") };
    const { fetch } = await serve(t, (conn) => {
      putFormat(conn, conn.path.slice(1));
      render(conn, bytes, {});
    });
    const image = await fetch("/png");
    assert.equal(typeOf(image), "image/png");
    assert.deepEqual(new Uint8Array(await image.arrayBuffer()), new Uint8Array([1, 2, 3]));
    const drawing = await fetch("/svg");
    assert.equal(typeOf(drawing), "image/svg+xml; charset=utf-8");
    assert.equal(await drawing.text(), "<svg/>");
  });

  it("answers HEAD with the head alone", async (t) => {
    const { fetch } = await serve(t, app);
    const answer = await fetch("/", { method: "HEAD", headers: { accept: "application/json" } });
    assert.equal(answer.headers.get("content-length"), "17");
    assert.equal(await answer.text(), "");
  });
});

describe("a view that cannot be sent", () => {
  const failure = async (t: TestContext, plug: Plug) => (await (await serve(t, plug)).fetch("/")).text();

  it("has no format at all", async (t) => {
    assert.match(await failure(t, (conn) => render(conn, {} as View<object>, {})), /a view without a format/);
  });

  it("makes text for HTML, which would not be escaped", async (t) => {
    const view = { html: () => "<b>" } as never as View<object>;
    assert.match(
      await failure(t, (conn) => render(conn, view, {})),
      /view's function html made a value of type string/,
    );
  });

  it("makes a promise", async (t) => {
    const view = { csv: async () => "a" };
    assert.match(await failure(t, (conn) => render(conn, view, {})), /csv made a promise; await what it shows/);
    assert.match(
      await failure(t, (conn) => render(conn, { json: async () => 1 }, {})),
      /JSON is to be made of a promise/,
    );
  });

  it("makes an object for a format that is no JSON", async (t) => {
    assert.match(await failure(t, (conn) => render(conn, { csv: () => ({}) }, {})), /csv made a value of type object/);
  });

  it("has a format without a content type, unless one is set", async (t) => {
    const own = accepts({ format: "api", types: ["application/vnd.shop+json"] });
    const view = { api: () => "{}" };
    assert.match(
      await failure(t, compilePipeline([own, (conn) => render(conn, view, {})])),
      /no content type is known for the format "api"/,
    );
    const typed: Plug = (conn) => render(conn.setHeader("content-type", "application/vnd.shop+json"), view, {});
    const { fetch } = await serve(t, compilePipeline([own, typed]));
    assert.equal(typeOf(await fetch("/")), "application/vnd.shop+json");
  });
});

describe("putFormat", () => {
  it("decides the format whatever the client accepts, as a plug and at once", async (t) => {
    const headers = { accept: "text/html" };
    const plug = await serve(t, compilePipeline([putFormat("json"), show]));
    assert.equal(typeOf(await plug.fetch("/", { headers })), "application/json; charset=utf-8");
    const atOnce: Plug = (conn) => {
      putFormat(conn, "csv");
      show(conn);
    };
    const { fetch } = await serve(t, compilePipeline([accepts("html"), atOnce]));
    assert.equal(typeOf(await fetch("/", { headers })), "text/csv; charset=utf-8");
  });
});
