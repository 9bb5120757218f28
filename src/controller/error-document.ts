import { html, type Rendered, raw, toHtml } from "../template/index.ts";
import { errorStyle } from "./error-style.ts";

/** The document of the framework's own error pages, which has to work with nothing around it. */
export function errorDocument(title: string, body: Rendered): string {
  return toHtml(html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    ${raw(`<style>${errorStyle}</style>`)}
  </head>
  <body>${body}</body>
</html>
`);
}
