import assert from "node:assert/strict";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import {
  decryptToken,
  encryptToken,
  signToken,
  Token,
  type TokenOptions,
  type TokenSource,
  type Verified,
  type VerifyOptions,
  verifyToken,
} from "../../src/plug/index.ts";
import { testConfig } from "./server.ts";

const forever = { maxAge: Number.POSITIVE_INFINITY };
const invalid = { ok: false, reason: "invalid" };
const expired = { ok: false, reason: "expired" };
const otherSecret = "another secret of more than thirty-two characters";

interface Kind {
  readonly name: string;
  make(source: TokenSource, salt: string, data: unknown, options?: TokenOptions): string;
  read(source: TokenSource, salt: string, token: string, options?: VerifyOptions): Verified<unknown>;
}

const signed: Kind = { name: "a signed token", make: signToken, read: verifyToken };
const encrypted: Kind = { name: "an encrypted token", make: encryptToken, read: decryptToken };

/** What both kinds of tokens promise alike. */
for (const { name, make, read } of [signed, encrypted]) {
  test(`${name}: what was put in comes back`, () => {
    const config = testConfig();
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(json, (data) => {
        assert.deepEqual(read(config, "test", make(config, "test", data), forever), { ok: true, data });
      }),
    );
  });

  test(`${name}: undefined comes back as null`, () => {
    const config = testConfig();
    assert.deepEqual(read(config, "test", make(config, "test", undefined), forever), { ok: true, data: null });
  });

  test(`${name} with any character changed, added or missing is invalid`, () => {
    const config = testConfig();
    const token = make(config, "test", { id: 7 });
    for (let index = 0; index <= token.length; index++) {
      for (const character of ["A", "b", "_", ".", "=", "é", "\0", ""]) {
        const changed = token.slice(0, index) + character + token.slice(index + 1);
        const extended = token.slice(0, index) + character + token.slice(index);
        for (const tampered of [changed, extended]) {
          if (tampered !== token) assert.deepEqual(read(config, "test", tampered, forever), invalid, tampered);
        }
      }
    }
  });

  test(`${name} with any bit flipped is invalid`, () => {
    const config = testConfig();
    const token = make(config, "test", { id: 7 });
    const parts = token.split(".").map((part) => Buffer.from(part, "base64url"));
    for (const part of parts) {
      for (let bit = 0; bit < part.length * 8; bit++) {
        const mask = 1 << (bit % 8);
        part[bit >> 3] = (part[bit >> 3] ?? 0) ^ mask;
        const tampered = parts.map((bytes) => bytes.toString("base64url")).join(".");
        assert.deepEqual(read(config, "test", tampered, forever), invalid);
        part[bit >> 3] = (part[bit >> 3] ?? 0) ^ mask;
      }
    }
    assert.equal(read(config, "test", token, forever).ok, true);
  });

  test(`${name} cut off anywhere, at either end, is invalid`, () => {
    const config = testConfig();
    const token = make(config, "test", { id: 7 });
    for (let index = 0; index < token.length; index++) {
      assert.deepEqual(read(config, "test", token.slice(0, index), forever), invalid);
      if (index > 0) assert.deepEqual(read(config, "test", token.slice(index), forever), invalid);
    }
  });

  test(`${name}: garbage is invalid and throws nothing`, () => {
    const config = testConfig();
    const garbage = fc.oneof(fc.string({ unit: "binary" }), fc.base64String(), fc.string({ maxLength: 200 }));
    fc.assert(
      fc.property(garbage, (text) => {
        assert.deepEqual(read(config, "test", text, forever), invalid);
      }),
    );
    for (const nonsense of [undefined, null, 7, {}, ["."], Symbol("x")] as unknown as string[]) {
      assert.deepEqual(read(config, "test", nonsense, forever), invalid);
    }
  });

  test(`${name}: another secret or another salt makes it invalid`, () => {
    const config = testConfig();
    const token = make(config, "test", 1);
    const other = testConfig({ secretKeyBase: otherSecret });
    assert.deepEqual(read(other, "test", token, forever), invalid);
    for (const salt of ["other", "", "tes", "test ", "Test", "encrypted test", "test\0"]) {
      assert.deepEqual(read(config, salt, token, forever), invalid);
    }
  });

  test(`${name}: the same secret in another config object reads it`, () => {
    assert.deepEqual(read(testConfig(), "test", make(testConfig(), "test", 1), forever), { ok: true, data: 1 });
  });

  test(`${name} is accepted up to the reader's age in seconds, not beyond`, () => {
    const config = testConfig();
    const token = make(config, "test", 1, { signedAt: 1_000 });
    assert.deepEqual(read(config, "test", token, { maxAge: 60, now: 1_060 }), { ok: true, data: 1 });
    assert.deepEqual(read(config, "test", token, { maxAge: 60, now: 1_061 }), expired);
    assert.deepEqual(read(config, "test", token, { ...forever, now: 1e12 }), { ok: true, data: 1 });
  });

  test(`${name} says itself how long it is good for: a day, or what it was made for`, () => {
    const config = testConfig();
    const day = 24 * 60 * 60;
    const plain = make(config, "test", 1, { signedAt: 1_000 });
    assert.equal(read(config, "test", plain, { now: 1_000 + day }).ok, true);
    assert.deepEqual(read(config, "test", plain, { now: 1_001 + day }), expired);
    const short = make(config, "test", 1, { signedAt: 1_000, maxAge: 5 });
    assert.equal(read(config, "test", short, { now: 1_005 }).ok, true);
    assert.deepEqual(read(config, "test", short, { now: 1_006 }), expired);
    assert.equal(read(config, "test", short, { now: 1_006, maxAge: 6 }).ok, true);
    assert.deepEqual(read(config, "test", short, { now: 1_005, maxAge: 4 }), expired);
    const long = make(config, "test", 1, { signedAt: 1_000, maxAge: Number.POSITIVE_INFINITY });
    assert.equal(read(config, "test", long, { now: 1e12 }).ok, true);
    assert.deepEqual(read(config, "test", long, { now: 1e12, maxAge: day }), expired);
  });

  test(`${name}: an age of nothing, or that is not a number, accepts nothing`, () => {
    const config = testConfig();
    const token = make(config, "test", 1, { signedAt: 1_000 });
    for (const maxAge of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY]) {
      assert.deepEqual(read(config, "test", token, { maxAge, now: 1_000 }), expired);
    }
    assert.deepEqual(read(config, "test", token, { maxAge: 60, now: Number.NaN }), expired);
    assert.deepEqual(read(config, "test", make(config, "test", 1, { maxAge: 0 })), expired);
  });

  test(`${name} is not made for an age or at a time that is not a number`, () => {
    const config = testConfig();
    for (const maxAge of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      assert.throws(() => make(config, "test", 1, { maxAge }), /maxAge is .*give seconds/);
    }
    for (const signedAt of [Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => make(config, "test", 1, { signedAt }), /signedAt is .*give seconds/);
    }
  });

  test(`${name} that expired and is tampered with is invalid, not expired`, () => {
    const config = testConfig();
    const token = make(config, "test", 1, { signedAt: 1_000 });
    assert.deepEqual(read(config, "test", `x${token}`, { maxAge: 1, now: 9_000 }), invalid);
  });

  test(`${name}: without times given the clock is read`, (context) => {
    context.mock.timers.enable({ apis: ["Date"], now: 5_000_000 });
    const config = testConfig();
    const token = make(config, "test", 1);
    context.mock.timers.setTime(5_060_000);
    assert.equal(read(config, "test", token, { maxAge: 60 }).ok, true);
    context.mock.timers.setTime(5_061_000);
    assert.equal(read(config, "test", token, { maxAge: 60 }).ok, false);
  });

  test(`${name} of a previous secret is read, and the present one makes new ones`, () => {
    const old = testConfig();
    const between = testConfig({ secretKeyBase: otherSecret, previousSecretKeyBases: [old.secretKeyBase] });
    const now = testConfig({
      secretKeyBase: "a third secret that is long enough to be one",
      previousSecretKeyBases: [otherSecret, old.secretKeyBase],
    });
    for (const source of [old, between, now]) {
      assert.deepEqual(read(now, "test", make(source, "test", 1)), { ok: true, data: 1 });
    }
    assert.deepEqual(read(old, "test", make(between, "test", 1)), invalid);
    assert.deepEqual(read(between, "test", make(now, "test", 1)), invalid);
    assert.deepEqual(read(now, "other", make(old, "test", 1)), invalid);
    const without = testConfig({ secretKeyBase: otherSecret });
    assert.deepEqual(read(without, "test", make(old, "test", 1)), invalid);
  });

  test(`${name} of a previous secret expires like any other`, () => {
    const old = testConfig();
    const now = testConfig({ secretKeyBase: otherSecret, previousSecretKeyBases: [old.secretKeyBase] });
    const token = make(old, "test", 1, { signedAt: 1_000 });
    assert.deepEqual(read(now, "test", token, { maxAge: 60, now: 1_061 }), expired);
  });

  test(`${name} is made by whatever has a config, or secrets`, () => {
    const config = testConfig();
    const { secretKeyBase } = config;
    for (const source of [config, { config }, { secretKeyBase }]) {
      assert.deepEqual(read(config, "test", make(source, "test", 1)), { ok: true, data: 1 });
    }
  });

  test(`${name}: a secret that is too short is refused with what to do`, () => {
    assert.throws(() => make(testConfig({ secretKeyBase: "short" }), "test", 1), /5 characters.*at least 32/);
    const weak = testConfig({ previousSecretKeyBases: ["short"] });
    assert.throws(() => read(weak, "test", "x.y", forever), /5 characters.*at least 32/);
  });
}

test("a signed token is made of characters that urls and cookies carry unescaped", () => {
  assert.match(signToken(testConfig(), "test", { text: "é?&=/ü\u0000" }), /^[\w-]+\.[\w-]{43}$/);
});

test("an encrypted token is as well, says nothing of what it holds, and is never the same twice", () => {
  const config = testConfig();
  const data = { card: "4111 1111 1111 1111" };
  const tokens = Array.from({ length: 100 }, () => encryptToken(config, "test", data));
  for (const token of tokens) {
    assert.match(token, /^[\w-]+$/);
    assert.doesNotMatch(Buffer.from(token, "base64url").toString("latin1"), /card|4111/);
  }
  assert.equal(new Set(tokens.map((token) => token.slice(0, 16))).size, 100, "a nonce came twice");
});

test("a signed token is no encrypted one, nor the other way round", () => {
  const config = testConfig();
  assert.deepEqual(decryptToken(config, "test", signToken(config, "test", 1)), invalid);
  assert.deepEqual(verifyToken(config, "test", encryptToken(config, "test", 1)), invalid);
  // Nor under salts that are chosen to meet the other purpose's.
  assert.deepEqual(decryptToken(config, "x", signToken(config, "encrypted x", 1)), invalid);
  assert.deepEqual(verifyToken(config, "anqa encrypted", encryptToken(config, "anqa", 1)), invalid);
});

test("a signed token whose signature was taken away is invalid, also as an encrypted one", () => {
  const config = testConfig();
  const [payload = ""] = signToken(config, "test", { admin: true }).split(".");
  for (const forged of [payload, `${payload}.`, `${payload}.${payload}`, `.${payload}`, ".", "..", `${payload}.none`]) {
    assert.deepEqual(verifyToken(config, "test", forged, forever), invalid);
    assert.deepEqual(decryptToken(config, "test", forged, forever), invalid);
  }
});

test("an encrypted token with a shorter tag is invalid", () => {
  const config = testConfig();
  const bytes = Buffer.from(encryptToken(config, "test", { id: 7 }), "base64url");
  for (let length = 0; length < bytes.length; length++) {
    assert.deepEqual(decryptToken(config, "test", bytes.subarray(0, length).toString("base64url"), forever), invalid);
  }
});

test("what was put in as __proto__ comes back as a key, and changes no prototype", () => {
  const config = testConfig();
  const data = JSON.parse('{"__proto__":{"admin":true}}') as object;
  for (const { make, read } of [signed, encrypted]) {
    const verified = read(config, "test", make(config, "test", data));
    assert.ok(verified.ok);
    assert.deepEqual(Object.keys(verified.data as object), ["__proto__"]);
    assert.equal((verified.data as { admin?: boolean }).admin, undefined);
    assert.equal(({} as { admin?: boolean }).admin, undefined);
  }
});

test("signatures are compared by timingSafeEqual, over their whole length", (context) => {
  const compared = watchTimingSafeEqual(context);
  const config = testConfig();
  const token = signToken(config, "test", 1);
  const [payload = "", mac = ""] = token.split(".");
  const swap = (text: string, at: number) => `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
  for (const given of [mac, swap(mac, 0), swap(mac, 42)]) {
    compared.length = 0;
    verifyToken(config, "test", `${payload}.${given}`);
    assert.deepEqual(compared, [[43, 43]]);
  }
});

test("the functions have the names of Phoenix too", () => {
  const config = testConfig();
  const opened = Token.verify<number>(config, "user", Token.sign(config, "user", 7), { maxAge: 60 });
  assert.deepEqual(opened, { ok: true, data: 7 });
  assert.deepEqual(Token.decrypt(config, "user", Token.encrypt(config, "user", 7, { maxAge: 60 })), {
    ok: true,
    data: 7,
  });
});

/** The lengths of what was compared, from now on. */
function watchTimingSafeEqual(context: TestContext): number[][] {
  const lengths: number[][] = [];
  const { timingSafeEqual } = crypto;
  context.mock.method(crypto, "timingSafeEqual", (left: Buffer, right: Buffer) => {
    lengths.push([left.length, right.length]);
    return timingSafeEqual(left, right);
  });
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return lengths;
}
