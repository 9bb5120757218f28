import { type Comprehension, each, html, type Rendered, raw, toHtml } from "../../src/template/index.ts";

interface User {
  readonly id: number;
  readonly name: string;
}

const UserRow = (user: User): Rendered => html`<li>${user.name}</li>`;
declare const users: readonly User[];

export const list: Comprehension = each(users, UserRow, { key: (user) => user.id });
export const inferred: Comprehension = each(users, (user) => html`<li>${user.name}</li>`);
export const page: Rendered = html`<ul class="a" ${{ hidden: true }}>${list}${users.map(UserRow)}${raw("<hr>")}${1n}</ul>`;

// @ts-expect-error the row takes another kind of item
each(["a"], UserRow);

// @ts-expect-error a key is a string or a number
each(users, UserRow, { key: (user) => user });

// @ts-expect-error a row is a template
each(users, (user) => user.name);

// @ts-expect-error a function has to be called first
html`<p>${UserRow}</p>`;

// @ts-expect-error a promise has to be awaited first
html`<p>${Promise.resolve("a")}</p>`;

// @ts-expect-error a date has to be formatted first
html`<p>${new Date()}</p>`;

// @ts-expect-error only templates are printed
toHtml("<p></p>");
