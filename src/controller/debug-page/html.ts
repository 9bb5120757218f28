import type { FieldErrors } from "../../plug/index.ts";
import { html, type Rendered } from "../../template/index.ts";
import { errorDocument } from "../error-document.ts";
import { fieldList } from "../plain-error.ts";
import { editorLink } from "./editor-link.ts";
import type { DebugReport, DescribedError, DescribedRequest, ErrorHint, Row } from "./report.ts";
import type { SourceExcerpt } from "./source-excerpt.ts";
import type { StackFrame } from "./stack-frames.ts";

/** The report as a page, which needs no script. */
export function debugHtml(report: DebugReport, fields: FieldErrors | undefined): string {
  const { status, reason, errors, request, session, assigns } = report;
  const [error] = errors;
  return errorDocument(
    `${error.name}: ${error.message}`,
    html`<main class="debug">
      <header>
        <p class="status"><b>${status}</b> ${reason}</p>
        <p class="target"><b>${request.method}</b> ${request.target}</p>
      </header>
      ${errors.map((described) => errorSection(described, described === error ? fields : undefined))}
      ${requestSections(request)}
      ${session && section("Session", session)}
      ${section("Assigns", assigns)}
      <footer>This page is shown in development only.</footer>
    </main>`,
  );
}

function errorSection(error: DescribedError, fields: FieldErrors | undefined): Rendered {
  const { relation, name, message, details, hints, source, frames } = error;
  return html`<section class="error">
    ${relation === undefined ? html`<h1>${name}</h1>` : html`<h2 class="cause"><i>${relation}</i> ${name}</h2>`}
    <pre class="message">${message}</pre>
    ${fields && fieldList(fields)}
    ${details.length > 0 && table(details)}
    ${hints.map(hintBox)}
    ${source && excerpt(source)}
    ${frames.length > 0 && stack(frames)}
  </section>`;
}

function hintBox({ title, text }: ErrorHint): Rendered {
  return html`<aside class="hint"><h3>${title}</h3><pre>${text}</pre></aside>`;
}

function excerpt({ frame, lines }: SourceExcerpt): Rendered {
  const codeLine = ({ number, text }: SourceExcerpt["lines"][number]) =>
    number === frame.line
      ? html`<code class="here"><span>${number}</span>${text}</code>`
      : html`<code><span>${number}</span>${text}</code>`;
  return html`<figure><figcaption>${placeOf(frame)}</figcaption><pre class="source">${lines.map(codeLine)}</pre></figure>`;
}

function stack(frames: readonly StackFrame[]): Rendered {
  const own = frames.filter(({ origin }) => origin === "application");
  if (own.length === frames.length) return frameList(frames);
  return html`${own.length > 0 && frameList(own)}
    <details>
      <summary>${own.length === 0 ? `The stack: ${frames.length} frames` : `All ${frames.length} frames`} <i>${othersIn(frames)}</i></summary>
      ${frameList(frames)}
    </details>`;
}

/** Whose frames are folded. */
function othersIn(frames: readonly StackFrame[]): string {
  const names = { framework: "of Anqa", dependency: "of packages", node: "of Node.js" } as const;
  return Object.entries(names)
    .map(([origin, name]) => [frames.filter((frame) => frame.origin === origin).length, name] as const)
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}`)
    .join(", ");
}

function frameList(frames: readonly StackFrame[]): Rendered {
  const line = (frame: StackFrame) =>
    html`<li class=${frame.origin}><b>${frame.name || "(top)"}</b> ${placeOf(frame)}</li>`;
  return html`<ol class="stack">${frames.map(line)}</ol>`;
}

function placeOf(frame: StackFrame): Rendered {
  const link = editorLink(frame);
  return link === undefined ? html`<span>${frame.place}</span>` : html`<a href=${link}>${frame.place}</a>`;
}

function requestSections(request: DescribedRequest): Rendered {
  const { pathParams, queryParams, bodyParams, headers, cookies, remoteAddress } = request;
  return html`${section("Path params", pathParams)}
    ${section("Query params", queryParams)}
    ${section("Body params", bodyParams)}
    <section>
      <details>
        <summary><h2>Request</h2> <i>${count(headers.length, "header")}, ${count(cookies.length, "cookie")}</i></summary>
        ${table([["from", remoteAddress], ...headers, ["cookies", cookies.join(", ") || "none"]])}
      </details>
    </section>`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

function section(title: string, rows: readonly Row[]): Rendered | undefined {
  return rows.length === 0 ? undefined : html`<section><h2>${title}</h2>${table(rows)}</section>`;
}

function table(rows: readonly Row[]): Rendered {
  return html`<table>${rows.map(([name, text]) => html`<tr><th scope="row">${name}</th><td><pre>${text}</pre></td></tr>`)}</table>`;
}
