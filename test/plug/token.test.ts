import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { signToken, verifyToken } from "../../src/plug/index.ts";
import { testConfig } from "./server.ts";

const forever = { maxAge: Number.POSITIVE_INFINITY };
const invalid = { ok: false, reason: "invalid" };

test("what was signed comes back", () => {
  const config = testConfig();
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  fc.assert(
    fc.property(json, (data) => {
      assert.deepEqual(verifyToken(config, "test", signToken(config, "test", data), forever), { ok: true, data });
    }),
  );
});

test("a token is made of characters that urls and cookies carry unescaped", () => {
  assert.match(signToken(testConfig(), "test", { text: "é?&=/ü\u0000" }), /^[\w-]+\.[\w-]{43}$/);
});

test("undefined is signed as null", () => {
  const config = testConfig();
  assert.deepEqual(verifyToken(config, "test", signToken(config, "test", undefined), forever), {
    ok: true,
    data: null,
  });
});

test("a token with any character changed, added or missing is invalid", () => {
  const config = testConfig();
  const token = signToken(config, "test", { id: 7 });
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom("A", "b", ".", "=", "é", ""), (index, character) => {
      fc.pre(token[index] !== character);
      const tampered = token.slice(0, index) + character + token.slice(index + 1);
      assert.deepEqual(verifyToken(config, "test", tampered, forever), invalid);
    }),
  );
  assert.deepEqual(verifyToken(config, "test", `${token}A`, forever), invalid);
  assert.deepEqual(verifyToken(config, "test", `${token}=`, forever), invalid);
});

test("garbage is invalid and throws nothing", () => {
  const config = testConfig();
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.deepEqual(verifyToken(config, "test", text, forever), invalid);
    }),
  );
  for (const nonsense of [undefined, null, 7, {}, ["."]] as unknown as string[]) {
    assert.deepEqual(verifyToken(config, "test", nonsense, forever), invalid);
  }
});

test("another secret or another salt makes it invalid", () => {
  const config = testConfig();
  const token = signToken(config, "test", 1);
  const other = testConfig({ secretKeyBase: "another secret of more than thirty-two characters" });
  assert.deepEqual(verifyToken(other, "test", token, forever), invalid);
  assert.deepEqual(verifyToken(config, "other", token, forever), invalid);
});

test("the same secret in another config object verifies", () => {
  assert.deepEqual(verifyToken(testConfig(), "test", signToken(testConfig(), "test", 1), forever), {
    ok: true,
    data: 1,
  });
});

test("a token is accepted up to its age in seconds, not beyond", () => {
  const config = testConfig();
  const token = signToken(config, "test", 1, { now: 1_000 });
  assert.deepEqual(verifyToken(config, "test", token, { maxAge: 60, now: 1_060 }), { ok: true, data: 1 });
  assert.deepEqual(verifyToken(config, "test", token, { maxAge: 60, now: 1_061 }), { ok: false, reason: "expired" });
});

test("an expired token that is tampered with is invalid, not expired", () => {
  const config = testConfig();
  const token = signToken(config, "test", 1, { now: 1_000 });
  assert.deepEqual(verifyToken(config, "test", `x${token}`, { maxAge: 0, now: 9_000 }), invalid);
});

test("without times given the clock is read", (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 5_000_000 });
  const config = testConfig();
  const token = signToken(config, "test", 1);
  context.mock.timers.setTime(5_060_000);
  assert.equal(verifyToken(config, "test", token, { maxAge: 60 }).ok, true);
  context.mock.timers.setTime(5_061_000);
  assert.equal(verifyToken(config, "test", token, { maxAge: 60 }).ok, false);
});

test("a secret that is too short is refused with what to do", () => {
  assert.throws(() => signToken(testConfig({ secretKeyBase: "short" }), "test", 1), /5 characters.*at least 32/);
});
