import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { findSecretKeyBase } from "../../src/endpoint/secret.ts";

function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "anqa-secret-"));
  after(() => rmSync(directory, { recursive: true }));
  return directory;
}

const given = "g".repeat(64);

describe("in production", () => {
  test("the secret must be given", () => {
    assert.equal(findSecretKeyBase("production", given, "/nowhere"), given);
    for (const missing of [undefined, ""]) {
      assert.throws(
        () => findSecretKeyBase("production", missing, "/nowhere"),
        /the variable SECRET_KEY_BASE is missing\..* This command makes a good one: node -p/,
      );
    }
  });

  test("a short one is refused, and not shown", () => {
    assert.throws(
      () => findSecretKeyBase("production", "hunter2", "/nowhere"),
      ({ message }: Error) => /has 7 characters, too few/.test(message) && !message.includes("hunter2"),
    );
  });
});

describe("in development", () => {
  test("it is made once, kept, and ignored by git", () => {
    const directory = emptyDirectory();
    const made = findSecretKeyBase("development", undefined, directory);
    assert.ok(made.length >= 64);
    assert.equal(findSecretKeyBase("development", undefined, directory), made);
    assert.equal(readFileSync(join(directory, ".anqa/secret_key_base"), "utf8"), made);
    assert.equal(readFileSync(join(directory, ".anqa/.gitignore"), "utf8"), "*\n");
  });

  test("a given one is used, and none is made", () => {
    const directory = emptyDirectory();
    assert.equal(findSecretKeyBase("development", "short", directory), "short");
    assert.throws(() => readFileSync(join(directory, ".anqa/secret_key_base")), { code: "ENOENT" });
  });

  test("a file that holds none is not used", () => {
    const directory = emptyDirectory();
    findSecretKeyBase("development", undefined, directory);
    writeFileSync(join(directory, ".anqa/secret_key_base"), "");
    assert.throws(() => findSecretKeyBase("development", undefined, directory), /holds no usable secret: delete it/);
  });

  test("a directory that cannot be written to is named", () => {
    const file = join(emptyDirectory(), "file");
    writeFileSync(file, "");
    assert.throws(
      () => findSecretKeyBase("development", undefined, file),
      /could not be kept in .*set SECRET_KEY_BASE/,
    );
  });
});

test("in test it is another one each time", () => {
  const one = findSecretKeyBase("test", undefined, "/nowhere");
  assert.ok(one.length >= 64);
  assert.notEqual(findSecretKeyBase("test", undefined, "/nowhere"), one);
});
