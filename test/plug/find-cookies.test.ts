import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCookie } from "cookie";
import fc from "fast-check";
import { findCookies } from "../../src/plug/cookie/find-cookies.ts";

test("the value of a cookie is found wherever it stands", () => {
  for (const header of ["key=1.a-b_c", "x=y; key=1.a-b_c", "key=1.a-b_c; x=y", "x=y;key=1.a-b_c;z", " key=1.a-b_c "]) {
    assert.deepEqual(findCookies(header, "key"), ["1.a-b_c"], header);
  }
});

test("all of one name are found in their order, three at most", () => {
  assert.deepEqual(findCookies("key=a; x=y; key=b", "key"), ["a", "b"]);
  assert.deepEqual(findCookies("key=; key=b", "key"), ["", "b"]);
  assert.deepEqual(findCookies("key=1; key=2; key=3; key=4; key=5", "key"), ["1", "2", "3"]);
});

test("other names that contain it, and values that look like it, are not it", () => {
  for (const header of [undefined, "", "key", "mykey=a", "key2=a", "x=key=a", 'x="; key2=a', "Key=a", "x key=a"]) {
    assert.deepEqual(findCookies(header, "key"), [], String(header));
  }
});

test("the first is the one that the cookie library finds", () => {
  const value = fc.stringMatching(/^[\w.-]{0,8}$/);
  const pair = fc.tuple(fc.constantFrom("key", "key2", "akey", "x"), value).map(([name, text]) => `${name}=${text}`);
  const header = fc.tuple(fc.array(pair), fc.constantFrom("; ", ";", " ;  ")).map(([pairs, by]) => pairs.join(by));
  fc.assert(
    fc.property(header, (text) => {
      assert.equal(findCookies(text, "key")[0], parseCookie(text).key);
    }),
  );
});

test("no header throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      for (const value of findCookies(`${text}key=${text}`, "key")) assert.doesNotMatch(value, /;/);
    }),
  );
});
