import type { FieldErrors } from "../plug/index.ts";
import { html, type Rendered } from "../template/index.ts";
import { errorDocument } from "./error-document.ts";
import type { ErrorFormat } from "./error-format.ts";
import type { FailedRequest } from "./error-views.ts";

/**
 * What a visitor is told of an error: its status, the reason phrase, and of params that were refused the sentences of
 * their schema.
 *
 * In JSON that is `{"errors":{"detail":"Not Found"}}`, or the sentences by field: `{"errors":{"email":["Invalid"]}}`.
 */
export function plainError(format: ErrorFormat, { status, reason, fields }: FailedRequest): string {
  if (format === "json") return JSON.stringify({ errors: fields ?? { detail: reason } });
  if (format === "text") return `${[`${status} ${reason}`, ...linesOf(fields ?? {})].join("\n")}\n`;
  return errorDocument(
    reason,
    html`<main class="plain"><h1>${status}</h1><p>${reason}</p>${fields && fieldList(fields)}</main>`,
  );
}

/** The sentences about each field, as a list. */
export function fieldList(fields: FieldErrors): Rendered {
  const item = ([name, sentences]: readonly [string, readonly string[]]) =>
    html`<div><dt>${name}</dt>${sentences.map((sentence) => html`<dd>${sentence}</dd>`)}</div>`;
  return html`<dl class="fields">${Object.entries(fields).map(item)}</dl>`;
}

function linesOf(fields: FieldErrors): string[] {
  return Object.entries(fields).flatMap(([name, sentences]) => sentences.map((sentence) => `${name}: ${sentence}`));
}
