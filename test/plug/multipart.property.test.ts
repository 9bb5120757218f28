import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { type Conn, compilePipeline, HttpError, parseBody, Upload } from "../../src/plug/index.ts";
import { boundary, multipartType, postMultipart, temporaryDirectory } from "./multipart-bodies.ts";
import { serve } from "./server.ts";

/** One entry of a form, as a browser has it. */
type Entry =
  | { readonly name: string; readonly text: string }
  | {
      readonly name: string;
      readonly filename: string;
      readonly type: string;
      readonly content: Uint8Array<ArrayBuffer>;
    };

/** As FormData sends it: line breaks of names and texts become CRLF (HTML Standard, 4.10.21.8). */
function normalized(text: string): string {
  return text.replace(/\r\n|\r|\n/g, "\r\n");
}

/** Quotation marks and line breaks are encoded in names, and so cannot be told from such codes that stood there. */
function withoutCodes(text: string): boolean {
  return !/%22|%0D|%0A|\0/i.test(text);
}

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 30 }), fc.constantFrom(`--${boundary}`, "\r\n--", "\r\n"));
/** Each name once, and without brackets: nesting has its own tests. */
const name = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((value) => withoutCodes(value) && !/[[\]]/.test(value));
const filename = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((value) => withoutCodes(value) && !/[/\\]/.test(value) && value !== "." && value !== "..");
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ name, text: text.filter((value) => !value.includes("\0")) }),
  fc.record({
    name,
    filename,
    type: fc.constantFrom("", "text/plain", "image/png", "application/x-thing+zip"),
    content: fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat({ max: 200_000 }).map((size) => new Uint8Array(size).fill(0x0d)),
    ) as fc.Arbitrary<Uint8Array<ArrayBuffer>>,
  }),
);
const form = fc.uniqueArray(entry, { maxLength: 8, selector: (item) => normalized(item.name) });

test("what a browser's FormData sends is what is read", async (context) => {
  const directory = temporaryDirectory(context);
  let check: (conn: Conn) => void = () => {};
  const plug = compilePipeline([parseBody({ maxBytes: 2_000_000, uploads: { directory } }), (conn) => check(conn)]);
  const server = await serve(context, plug);
  await fc.assert(
    fc.asyncProperty(form, async (entries) => {
      const sent = new FormData();
      for (const item of entries) {
        if ("text" in item) sent.append(item.name, item.text);
        else sent.append(item.name, new File([item.content], item.filename, { type: item.type }));
      }
      check = ({ bodyParams = {} }) => {
        assert.deepEqual(Object.keys(bodyParams).sort(), entries.map((item) => normalized(item.name)).sort());
        for (const item of entries) {
          const value = bodyParams[normalized(item.name)];
          if ("text" in item) assert.equal(value, normalized(item.text));
          else {
            assert.ok(value instanceof Upload);
            assert.equal(value.filename, item.filename);
            assert.equal(value.contentType, item.type || "application/octet-stream");
            assert.equal(value.size, item.content.length);
            assert.ok(readFileSync(value.path).equals(item.content));
          }
        }
      };
      const response = await fetch(server.url, { method: "POST", body: sent });
      assert.equal(await response.text(), "ok");
    }),
    { numRuns: 150 },
  );
});

test("whatever the bytes, they are read or refused with 400 or 413", async (context) => {
  const directory = temporaryDirectory(context);
  const plug = parseBody({ maxBytes: 2_000, maxFields: 5, uploads: { directory, maxFiles: 3, maxFileBytes: 100 } });
  const server = await serve(context, plug);
  const piece = fc.constantFrom(
    `--${boundary}`,
    `\r\n--${boundary}\r\n`,
    `\r\n--${boundary}--\r\n`,
    'Content-Disposition: form-data; name="a"',
    'Content-Disposition: form-data; name="b"; filename="c"',
    "Content-Type: multipart/mixed",
    "content-length: 5",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "--",
    ":",
    "\0",
    "x".repeat(150),
    "x".repeat(1_000),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (pieces) => {
      const response = await postMultipart(server.url, Buffer.from(pieces.join("")), multipartType);
      await response.text();
      assert.ok([200, 400, 413].includes(response.status), String(response.status));
    }),
    { numRuns: 500 },
  );
  for (const error of server.errors) assert.ok(error instanceof HttpError, String(error));
});
