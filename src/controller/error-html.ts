import { createHash } from "node:crypto";
import { reasonPhrase } from "../plug/index.ts";
import { html, type Rendered, raw, toHtml } from "../template/index.ts";
import type { DescribedError, ErrorReport } from "./error-report.ts";
import { errorStyle } from "./error-style.ts";
import type { SourceExcerpt } from "./source-excerpt.ts";

/** What a visitor is told in production. */
export function plainHtml(status: number): string {
  const reason = reasonPhrase(status);
  return page(reason, html`<main class="plain"><h1>${status}</h1><p>${reason}</p></main>`);
}

/** What a developer is told. */
export function developmentHtml({ status, reason, errors, source, request }: ErrorReport): string {
  const [error, ...causes] = errors;
  const query = request.query === "" ? "" : `?${request.query}`;
  return page(
    `${error.name}: ${error.message}`,
    html`<main>
      <p class="status">${status} ${reason} <span>${request.method} ${request.path}${query}</span></p>
      <h1>${error.name}</h1>
      <pre class="message">${error.message}</pre>
      ${source && excerpt(source)}
      ${stack(error)}
      ${causes.map(cause)}
      <h2>Request</h2>
      <table>${[...Object.entries(request.pathParams), ...request.headers].map(row)}</table>
    </main>`,
  );
}

/** Allows the page its own style and nothing else (CSP Level 3, section 8.4: hashes). */
export const errorPolicy =
  `default-src 'none'; style-src 'sha256-${createHash("sha256").update(errorStyle).digest("base64")}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

function page(title: string, body: Rendered): string {
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

function excerpt({ file, line, lines }: SourceExcerpt): Rendered {
  const codeLine = ({ number, text }: SourceExcerpt["lines"][number]) =>
    number === line
      ? html`<code class="here"><span>${number}</span>${text}</code>`
      : html`<code><span>${number}</span>${text}</code>`;
  return html`<h2>${file}:${line}</h2><pre class="source">${lines.map(codeLine)}</pre>`;
}

function stack(error: DescribedError): Rendered | undefined {
  return error.stack.length === 0 ? undefined : html`<h2>Stack</h2><pre>${error.stack.join("\n")}</pre>`;
}

function cause(error: DescribedError): Rendered {
  return html`<h2>Caused by ${error.name}</h2><pre class="message">${error.message}</pre>${stack(error)}`;
}

function row([name, value]: readonly [string, string]): Rendered {
  return html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`;
}
