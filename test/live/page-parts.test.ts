/** What layouts and templates of views are made with: links and scripts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientScriptPath } from "../../src/endpoint/index.ts";
import { html, link, liveScripts } from "../../src/live/index.ts";
import { toHtml } from "../../src/template/index.ts";

test("links say how they lead somewhere", () => {
  assert.equal(
    toHtml(link({ navigate: "/a?b=1&c", class: "x" }, "A & B")),
    '<a href="/a?b=1&amp;c" data-phx-link="redirect" data-phx-link-state="push" class="x">A &amp; B</a>',
  );
  assert.equal(
    toHtml(link({ patch: "/a", replace: true }, html`<b>${1}</b>`)),
    '<a href="/a" data-phx-link="patch" data-phx-link-state="replace"><b>1</b></a>',
  );
  assert.equal(
    toHtml(link({ href: "https://example.org", target: "_blank" }, "x")),
    '<a href="https://example.org" target="_blank">x</a>',
  );
});

test("the scripts are files, in order, deferred and tracked", () => {
  const markup = toHtml(liveScripts({ socket: "/sockets", hooks: "/assets/hooks.js" }));
  const sources = [...markup.matchAll(/<script defer phx-track-static src="([^"]+)"[^>]*><\/script>/g)].map(
    ([, source]) => source,
  );

  assert.deepEqual(sources, [
    clientScriptPath("phoenix"),
    clientScriptPath("phoenix_live_view"),
    clientScriptPath("boot"),
  ]);
  assert.match(markup, /data-socket="\/sockets" data-hooks="\/assets\/hooks.js"><\/script>$/);
});

test("without hooks none are named, and the socket is /live", () => {
  const markup = toHtml(liveScripts());

  assert.match(markup, /data-socket="\/live"><\/script>$/);
});
