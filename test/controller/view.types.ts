/** What the compiler says of views. */
import { render, type View } from "../../src/controller/index.ts";
import type { Conn } from "../../src/plug/index.ts";
import { html } from "../../src/template/index.ts";

declare const conn: Conn;

const PostView = {
  html: ({ title, likes }: { title: string; likes: number }) => html`<h1>${title} ${likes}</h1>`,
  json: ({ title }: { title: string }) => ({ title }),
  txt: ({ title }: { title: string }) => title,
};

render(conn, PostView, { title: "x", likes: 1 });
render(conn, PostView, { title: "x", likes: 1 }, { status: "created", pageTitle: "x", layout: false });
render(conn, html`<p></p>`, { status: 201 });

/** Formats may need different things; a view needs all of them. */
const UserView = {
  html: ({ name }: { name: string }) => html`${name}`,
  json: ({ id }: { id: number }) => ({ id }),
  txt: () => "a user",
};
render(conn, UserView, { name: "Ann", id: 1 });
// @ts-expect-error id is missing
render(conn, UserView, { name: "Ann" });
// @ts-expect-error name is missing
render(conn, UserView, { id: 1 });

const Declared: View<{ readonly name: string }> = { html: ({ name }) => html`${name}` };
render(conn, Declared, { name: "Ann" });
// @ts-expect-error name is missing
render(conn, Declared, {});
render(conn, { html: () => html`<p></p>`, json: () => [] }, {});

// @ts-expect-error one of its functions needs likes
render(conn, PostView, { title: "x" });
// @ts-expect-error likes is a number
render(conn, PostView, { title: "x", likes: "many" });
// @ts-expect-error a typo
render(conn, PostView, { tite: "x", likes: 1 });
// @ts-expect-error a view needs what it is to show
render(conn, PostView);
// @ts-expect-error text is no page
render(conn, { html: () => "<p>" }, {});
// @ts-expect-error a page is nothing to wait for
render(conn, { html: async () => html`<p></p>` }, {});
// @ts-expect-error no status
render(conn, html`<p></p>`, { status: "not_fond" });
