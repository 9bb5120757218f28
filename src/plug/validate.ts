import type { StandardSchemaV1 } from "@standard-schema/spec";
import { HttpError } from "./http-error.ts";

/** The sentences about each field, by its path: `{ "email": ["Invalid address"], "lines.0.count": ["Too small"] }`. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** What is said about the whole stands under this name. */
const wholeInput = "base";

/**
 * Params that their schema does not take: answered with status 422 (RFC 9110, section 15.5.21) and the fields' errors.
 */
export class InvalidParamsError extends HttpError {
  /** By the path of the field, its parts joined by dots; `base` for what concerns no field. Safe to show: written by the schema. */
  readonly errors: FieldErrors;

  constructor(errors: FieldErrors) {
    const lines = Object.entries(errors).map(([field, sentences]) => `${field}: ${sentences.join(", ")}`);
    super(422, `the params are not what their schema asks for: ${lines.join("; ")}`);
    this.name = "InvalidParamsError";
    this.errors = errors;
  }
}

/**
 * Checks input by a Standard Schema (zod, valibot, arktype …).
 *
 * @returns what the schema makes of it, converted and with defaults; a promise if the schema is asynchronous.
 * @throws InvalidParamsError (or rejects with it) if the schema refuses it.
 *
 * @example
 * const post = await validate(NewPost, conn.params);
 */
export function validate<Schema extends StandardSchemaV1>(
  schema: Schema,
  params: unknown,
): StandardSchemaV1.InferOutput<Schema> | Promise<StandardSchemaV1.InferOutput<Schema>> {
  const result = schema["~standard"].validate(params);
  return result instanceof Promise ? result.then(outputOf) : outputOf(result);
}

function outputOf(result: StandardSchemaV1.Result<unknown>): unknown {
  if (result.issues === undefined) return result.value;
  const errors: Record<string, string[]> = Object.create(null);
  for (const { path = [], message } of result.issues) {
    const field = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".") || wholeInput;
    errors[field] ??= [];
    errors[field].push(message);
  }
  throw new InvalidParamsError(errors);
}
