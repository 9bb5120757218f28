import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSessionOptions, fetchSession, memorySessionStore, type SessionOptions } from "../../src/plug/index.ts";

function refuses(options: SessionOptions, reason: RegExp): void {
  assert.throws(() => fetchSession(options), reason);
  assert.throws(() => checkSessionOptions(options), reason);
}

test("good options are accepted, and none", () => {
  const good: (SessionOptions | undefined)[] = [
    undefined,
    {},
    { name: "__Host-shop", maxAge: 60, sliding: true, sameSite: "strict" },
    { name: "__Secure-shop", domain: "example.com", path: "/shop", secure: true },
    { encrypt: true, sameSite: "none" },
    { store: memorySessionStore(), sliding: true },
  ];
  for (const options of good) checkSessionOptions(options);
});

test("a name that no cookie can have is refused at start", () => {
  for (const name of ["", "a b", "a=b", "a;b", "a\r\nset-cookie: x", "é"]) refuses({ name }, /cannot be a cookie's/);
});

test("__Host- together with a domain, a path or no Secure is refused, since browsers drop such a cookie", () => {
  refuses({ name: "__Host-a", domain: "example.com" }, /__Host-.*domain or a path/);
  refuses({ name: "__Host-a", path: "/a" }, /__Host-.*domain or a path/);
  refuses({ name: "__Host-a", secure: false }, /without Secure/);
  refuses({ name: "__Secure-a", secure: false }, /without Secure/);
});

test("SameSite=None without Secure is refused", () => {
  refuses({ sameSite: "none", secure: false }, /sameSite "none" without Secure/);
});

test("an age that is no whole number of seconds is refused", () => {
  for (const maxAge of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "60" as unknown as number]) {
    refuses({ maxAge }, /whole number of seconds/);
  }
});

test("sliding without an age is refused, with a store it has one", () => {
  refuses({ sliding: true }, /needs a maxAge/);
});

test("encrypting an id that says nothing is refused", () => {
  refuses({ encrypt: true, store: memorySessionStore() }, /leave encrypt out/);
});

test("what would end the attribute of a cookie is refused", () => {
  for (const path of ["", "a", "/a;b", "/a b", "/a\r\nb", "/é"]) refuses({ path }, /is no path/);
  for (const domain of ["", "a b", "a;b", "example.com; path=/", "a\r\n"]) refuses({ domain }, /is no domain/);
});
