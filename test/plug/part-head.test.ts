import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type PartHead, readPartHead } from "../../src/plug/body/multipart/part-head.ts";
import { HttpError } from "../../src/plug/index.ts";

/** Reads a content-disposition, as it stands in the body. */
function read(disposition: string): Omit<PartHead, "contentType"> {
  const { name, filename } = readPartHead({ "content-disposition": [Buffer.from(disposition).toString("latin1")] });
  return { name, filename };
}

function refused(disposition: string, message: RegExp, status = 400): void {
  assert.throws(
    () => readPartHead({ "content-disposition": [disposition] }),
    (error) => error instanceof HttpError && error.status === status && message.test(error.message),
    disposition,
  );
}

test("name and file name", () => {
  assert.deepEqual(read('form-data; name="a"'), { name: "a", filename: undefined });
  assert.deepEqual(read('form-data; name="a"; filename="b.txt"'), { name: "a", filename: "b.txt" });
  assert.deepEqual(read('form-data; filename="b.txt"; name="a"'), { name: "a", filename: "b.txt" });
  assert.deepEqual(read('form-data; name=""; filename=""'), { name: "", filename: "" });
  assert.deepEqual(read("form-data"), { name: undefined, filename: undefined });
});

test("any case, any white space, with and without quotation marks, a semicolon too much", () => {
  assert.deepEqual(read(' Form-Data ;NAME = "a" ;\tFileName=b.txt '), { name: "a", filename: "b.txt" });
  assert.deepEqual(read("form-data; name=a b; filename=c"), { name: "a b", filename: "c" });
  assert.deepEqual(read('form-data; name="a";'), { name: "a", filename: undefined });
  assert.deepEqual(read('form-data; name="a"; '), { name: "a", filename: undefined });
  assert.deepEqual(read('form-data; name="a"; size=7'), { name: "a", filename: undefined });
});

test("semicolons, equals signs and brackets inside quotation marks", () => {
  assert.deepEqual(read('form-data; name="a[b;c]=d"; filename="x;y=z.txt"'), {
    name: "a[b;c]=d",
    filename: "x;y=z.txt",
  });
});

test("UTF-8", () => {
  assert.deepEqual(read('form-data; name="größe"; filename="文書.txt"'), { name: "größe", filename: "文書.txt" });
});

test("as browsers escape: quotation marks and line breaks are percent-encoded, nothing else is", () => {
  assert.deepEqual(read('form-data; name="a%22b%0D%0Ac%20%41"; filename="%22.txt"'), {
    name: 'a"b\r\nc%20%41',
    filename: '".txt',
  });
  assert.deepEqual(read('form-data; name="a\\"; filename="b\\"'), { name: "a\\", filename: "unnamed" });
});

test("as other clients escape: quotation marks behind a backslash, or not at all", () => {
  assert.deepEqual(read('form-data; name="a\\"b"; filename="c\\"d.txt"'), { name: 'a"b', filename: 'c"d.txt' });
  assert.deepEqual(read('form-data; name="a"b"; filename="c"d".txt"'), { name: 'a"b', filename: 'c"d".txt' });
});

test("filename* (RFC 8187), which goes before filename", () => {
  assert.equal(read("form-data; name=a; filename*=UTF-8''na%C3%AFve%20%22.txt").filename, 'naïve ".txt');
  assert.equal(read("form-data; name=a; filename*=\"utf-8''%C5%BC%C3%B3.txt\"").filename, "żó.txt");
  assert.equal(read("form-data; name=a; filename*=iso-8859-1'en'%E9.txt").filename, "é.txt");
  assert.equal(read("form-data; name=a; filename=\"e.txt\"; filename*=UTF-8''%C3%A9.txt").filename, "é.txt");
  assert.equal(read("form-data; name=a; filename*=UTF-8''").filename, "");
});

test("a malformed filename* is refused", () => {
  for (const value of ["a.txt", "UTF-8'a.txt", "UTF-8''%zz", "UTF-8''%C3", "UTF-8''a b", "UTF-8''%00", "koi8-r''a"]) {
    refused(`form-data; name=a; filename*=${value}`, /filename\*|UTF-8|null character/);
  }
});

test("of a path only the last piece is the file's name", () => {
  const names: [string, string][] = [
    ["C:\\fakepath\\a.txt", "a.txt"],
    ["/etc/passwd", "passwd"],
    ["../../../etc/passwd", "passwd"],
    ["..\\..\\a\\b/c", "c"],
    ["a/", "unnamed"],
    ["..", "unnamed"],
    [".", "unnamed"],
    ["../..", "unnamed"],
    [".bashrc", ".bashrc"],
    ["...", "..."],
  ];
  for (const [sent, name] of names) {
    assert.equal(read(`form-data; name=a; filename="${sent}"`).filename, name);
    const encoded = sent.replaceAll("/", "%2F").replaceAll("\\", "%5C").replaceAll(":", "%3A");
    assert.equal(read(`form-data; name=a; filename*=UTF-8''${encoded}`).filename, name);
  }
});

test("null characters and what is not UTF-8 are refused", () => {
  refused('form-data; name="a\0b"', /null character/);
  refused('form-data; name=a; filename="a.php\0.png"', /null character/);
  refused('form-data; name="\xff"', /not UTF-8/);
  refused('form-data; name="a"; filename="\xc0\xae\xc0\xae"', /not UTF-8/);
  refused('form-data; name="\xed\xa0\x80"', /not UTF-8/);
});

test("what cannot be read is refused", () => {
  refused('form-data; name="a', /not closed/);
  refused('form-data; name="a"b; filename=c', /not closed/);
  refused("form-data; name", /cannot be read/);
  refused("form-data; =a", /cannot be read/);
  refused('form-data; name="a" x', /not closed|cannot be read/);
  refused("form-data;; name=a", /cannot be read/);
});

test("what is said twice is refused: who reads after us might take the other", () => {
  refused("form-data; name=a; name=b", /two parameters name/);
  refused('form-data; name=a; filename="b"; FileName="c"', /two parameters filename/);
  assert.throws(
    () => readPartHead({ "content-disposition": ["form-data; name=a", "form-data; name=b"] }),
    /two content-dispositions/,
  );
});

test("a name may have 1,000 bytes", () => {
  assert.equal(read(`form-data; name="${"x".repeat(1_000)}"`).name?.length, 1_000);
  refused(`form-data; name="${"x".repeat(1_001)}"`, /longer than 1000 bytes/, 413);
});

test("the content type comes as it was sent; one that no header could carry is refused", () => {
  const contentType = (value: string) => readPartHead({ "content-type": [value] }).contentType;
  assert.equal(contentType("Text/HTML;  Charset=x"), "Text/HTML;  Charset=x");
  assert.throws(() => contentType("text/html\0"), /content type that is none/);
});

test("whatever a client says, it is read or refused with 400 or 413", () => {
  const piece = fc.constantFrom(
    "form-data",
    ";",
    " ",
    "name",
    "filename",
    "filename*",
    "=",
    '"',
    "\\",
    "%22",
    "%",
    "UTF-8''",
    "a",
    "\xff",
    "\0",
    "/",
    "..",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      try {
        readPartHead({ "content-disposition": [`form-data; name=${pieces.join("")}`] });
        readPartHead({ "content-disposition": [pieces.join("")] });
      } catch (error) {
        assert.ok(error instanceof HttpError && (error.status === 400 || error.status === 413), String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});
