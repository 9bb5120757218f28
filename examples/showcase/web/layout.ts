import type { RootLayout } from "anqa/controller";
import { html, liveScripts } from "anqa/live";
import { routes } from "./routes.ts";

const pages = [
  { path: routes.counter(), name: "Counter" },
  { path: routes.chat(), name: "Chat" },
  { path: routes.dash(), name: "Dashboard" },
  { path: routes.room(), name: "Room" },
  { path: routes.crash(), name: "Break it" },
];

/** The document around every page. A page that says nothing else is titled as it is called in the menu. */
export const Root: RootLayout = ({ inner, pageTitle, csrfToken, flash, conn }) => {
  const current = pages.find(({ path }) => conn.path === path || conn.path.startsWith(`${path}/`));
  const title = pageTitle ?? current?.name;
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="csrf-token" content=${csrfToken} />
    <title data-suffix=" · Anqa">${title === undefined ? "Anqa" : `${title} · Anqa`}</title>
    <link rel="icon" href="/assets/anqa.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/assets/app.css" phx-track-static />
    ${liveScripts({ hooks: "/assets/hooks.js" })}
  </head>
  <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="site-header">
      <a class="brand" href=${routes.home()}><img src="/assets/anqa.svg" alt="" width="36" height="36" /> Anqa</a>
      <nav aria-label="Pages">
        <ul class="menu">
          ${pages.map(
            (page) =>
              html`<li><a href=${page.path} aria-current=${page === current ? "page" : null}>${page.name}</a></li>`,
          )}
        </ul>
      </nav>
    </header>
    <div class="flash" role="status">
      ${Object.values(flash).map((message) => html`<p>${message}</p>`)}
    </div>
    <main id="main" tabindex="-1">${inner}</main>
    <footer class="site-footer">
      <p>Anqa, the Arabian phoenix. A real-time web framework for TypeScript.</p>
      <p class="connection"></p>
    </footer>
  </body>
</html>`;
};
