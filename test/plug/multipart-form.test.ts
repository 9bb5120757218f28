import assert from "node:assert/strict";
import { test } from "node:test";
import { MultipartForm } from "../../src/plug/body/multipart/form.ts";
import { HttpError, Upload } from "../../src/plug/index.ts";
import { boundary, field, file, multipart } from "./multipart-bodies.ts";

const limits = { maxParts: 100, maxFiles: 100, maxTextBytes: 1_000_000 };

/** A form with what it asks for, and the contents of its files, which wait for `opening` if they are large. */
function start(opening: Promise<void> = Promise.resolve()) {
  const record = { resumed: 0, errors: [] as unknown[], contents: new Map<string, Buffer>() };
  const form = new MultipartForm(boundary, limits, async (source, { filename, contentType }) => {
    if (filename === "large") await opening;
    const content = Buffer.concat(await Array.fromAsync(source));
    record.contents.set(filename, content);
    return new Upload({ path: "", filename, contentType, size: content.length });
  });
  form.begin({ resume: () => void record.resumed++, refuse: (error) => void record.errors.push(error) });
  return { form, record };
}

test("it stands still for no slow disk, wherever the chunks end", async () => {
  const content = Buffer.alloc(70_000, "\r");
  const body = multipart([file("a", "empty", ""), file("b", "large", content), file("c", "small", "x")]);
  const end = body.indexOf("\r\n", body.indexOf("large") + 70_000);
  for (let cut = end - 5; cut < end + boundary.length + 10; cut++) {
    const opening = Promise.withResolvers<void>();
    const { form, record } = start(opening.promise);
    form.write(body.subarray(0, 60_000));
    form.write(body.subarray(60_000, cut));
    form.write(body.subarray(cut, cut + 40));
    form.write(body.subarray(cut + 40));
    const ended = form.end();
    await new Promise(setImmediate);
    opening.resolve();
    assert.deepEqual(
      (await ended).map(({ name }) => name),
      ["a", "b", "c"],
    );
    assert.equal(record.contents.get("large")?.equals(content), true);
  }
});

test("it takes no more than a slow disk can follow, and says when it does again", async () => {
  const opening = Promise.withResolvers<void>();
  const { form, record } = start(opening.promise);
  form.write(multipart([{ ...file("a", "large", ""), content: "" }]).subarray(0, -(boundary.length + 8)));
  const chunk = Buffer.alloc(50_000);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => form.write(chunk)),
    [true, true, false, false],
  );
  assert.equal(record.resumed, 0);
  opening.resolve();
  form.write(Buffer.from(`\r\n--${boundary}--`));
  assert.equal((await form.end()).length, 1);
  assert.equal(record.resumed, 1);
  assert.equal(record.contents.get("large")?.length, 200_000);
});

test("what is left out makes nobody wait forever", async () => {
  const { form } = start();
  const ready = Promise.withResolvers<void>();
  form.begin({ resume: ready.resolve, refuse: ready.reject });
  const body = multipart([{ head: [], content: Buffer.alloc(300_000) }, field("a", "1")]);
  if (!form.write(body)) await ready.promise;
  assert.deepEqual(await form.end(), [{ name: "a", value: "1" }]);
});

test("a file that cannot be stored fails the form, also one that has all arrived", async () => {
  const full = new Error("the disk is full");
  const form = new MultipartForm(boundary, limits, () => Promise.reject(full));
  const refused = Promise.withResolvers<unknown>();
  form.begin({ resume() {}, refuse: refused.resolve });
  form.write(multipart([file("a", "a", Buffer.alloc(100_000)), field("b", "1")]));
  await assert.rejects(form.end(), full);
  assert.equal(await refused.promise, full);
});

test("a form that does not end is refused, wherever it stops", async () => {
  const body = multipart([field("a", "1"), file("b", "b", "content")]);
  for (let length = 1; length < body.length - 4; length++) {
    const { form } = start();
    form.write(body.subarray(0, length));
    await assert.rejects(form.end(), (error) => error instanceof HttpError && error.status === 400, `${length} bytes`);
  }
});

test("a part that ends within its head is refused", async () => {
  for (const head of ["", "Content-Disposition", 'Content-Disposition: form-data; name="a"\r\n']) {
    const { form } = start();
    form.write(Buffer.from(`--${boundary}\r\n${head}\r\n--${boundary}\r\n\r\n--${boundary}--\r\n`));
    await assert.rejects(form.end(), /a part ends within its head/);
  }
});
