import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Layout, putFormat, putLayout, putRootLayout, render } from "../../src/controller/index.ts";
import type { Conn, Plug } from "../../src/plug/index.ts";
import { html, type Rendered } from "../../src/template/index.ts";
import { runPlug } from "../../src/testing/index.ts";

const layout =
  (name: string): Layout =>
  ({ inner }) =>
    html`${name}(${inner})`;
const Root = layout("root");
const App = layout("app");
const Settings = layout("settings");
const page = (conn: Conn) => render(conn, html`page`);

async function body(...plugs: Plug[]): Promise<string> {
  return (await runPlug(plugs)).body;
}

describe("putLayout", () => {
  it("stands inside of the root layout, in whatever order they are put", async () => {
    assert.equal(await body(putRootLayout(Root), putLayout(App), page), "root(app(page))");
    assert.equal(await body(putLayout(App), putRootLayout(Root), page), "root(app(page))");
  });

  it("stands alone without a root layout", async () => {
    assert.equal(await body(putLayout(App), page), "app(page)");
  });

  it("takes the layout that was put last", async () => {
    assert.equal(await body(putRootLayout(Root), putLayout(App), putLayout(Settings), page), "root(settings(page))");
  });

  it("nests a list, the outermost first", async () => {
    assert.equal(await body(putRootLayout(Root), putLayout([App, Settings]), page), "root(app(settings(page)))");
  });

  it("is taken away by false", async () => {
    assert.equal(await body(putRootLayout(Root), putLayout(App), putLayout(false), page), "root(page)");
    assert.equal(await body(putRootLayout(Root), putLayout(App), putRootLayout(false), page), "app(page)");
  });

  it("is put at once, for this answer", async () => {
    const printed: Plug = (conn) => {
      putRootLayout(conn, layout("print"));
      putLayout(conn, [App]);
      page(conn);
    };
    assert.equal(await body(putRootLayout(Root), printed), "print(app(page))");
    const alone: Plug = (conn) => {
      putLayout(conn, false);
      page(conn);
    };
    assert.equal(await body(putRootLayout(Root), putLayout(App), alone), "root(page)");
  });

  it("gives every layout the title, the flash and the conn", async () => {
    const Told: Layout = ({ inner, pageTitle, flash, conn }) =>
      html`[${pageTitle} ${Object.keys(flash).length} ${conn.path} ${inner}]`;
    const titled = (conn: Conn) => render(conn, html`page`, { pageTitle: "T" });
    assert.equal(await body(putRootLayout(Told), putLayout(Told), titled), "[T 0 / [T 0 / page]]");
  });

  it("is refused at start if it is none", () => {
    for (const given of [undefined, null, "App", 7, { html: "App" }, { html: [App, "Settings"] }, [undefined]]) {
      assert.throws(() => putLayout(given as never), { message: /a layout is a function of \{ inner \}/ });
      assert.throws(() => putRootLayout(given as never), { message: /a layout is a function of \{ inner \}/ });
    }
  });
});

describe("the option layout of render", () => {
  const around = [putRootLayout(Root), putLayout(App)];

  it("stands in place of the inner layout", async () => {
    assert.equal(
      await body(...around, (conn) => render(conn, html`page`, { layout: Settings })),
      "root(settings(page))",
    );
    assert.equal(
      await body(...around, (conn) => render(conn, html`page`, { layout: [App, Settings] })),
      "root(app(settings(page)))",
    );
  });

  it("false leaves all of them out", async () => {
    assert.equal(await body(...around, (conn) => render(conn, html`page`, { layout: false })), "page");
  });
});

describe("layouts by format", () => {
  const view = {
    html: (): Rendered => html`page`,
    svg: (): Rendered => html`drawing`,
    txt: () => "text",
    json: () => ({}),
  };
  const app = (format: string, ...plugs: Plug[]) => [
    putFormat(format),
    ...plugs,
    (conn: Conn) => render(conn, view, {}),
  ];
  const both = putRootLayout({ html: Root, svg: layout("frame"), txt: layout("never"), json: layout("never") });

  it("stand around what was made with templates for their format", async () => {
    assert.equal(await body(...app("html", both)), "root(page)");
    assert.equal(await body(...app("svg", both)), "frame(drawing)");
    assert.equal(await body(...app("txt", both)), "text");
    assert.equal(await body(...app("json", both)), "{}");
  });

  it("without a name are those of HTML", async () => {
    assert.equal(await body(...app("svg", putRootLayout(Root), putLayout(App))), "drawing");
  });

  it("are put over those of other formats", async () => {
    assert.equal(await body(...app("svg", both, putRootLayout(App))), "frame(drawing)");
    assert.equal(await body(...app("html", both, putRootLayout({ html: App }))), "app(page)");
    assert.equal(await body(...app("svg", both, putRootLayout({ svg: false }))), "drawing");
  });

  it("are not found among what every object has", async () => {
    const odd = { constructor: (): Rendered => html`odd` };
    const rendered: Plug = (conn) => {
      putFormat(conn, "constructor");
      conn.setHeader("content-type", "text/plain");
      render(conn, odd as never, {});
    };
    assert.equal(await body(putRootLayout({ html: Root }), rendered), "odd");
  });
});
