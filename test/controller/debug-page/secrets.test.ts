import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hideInPath, hideInQuery, hideInUrl, isSecret } from "../../../src/controller/debug-page/secrets.ts";
import { filterParams } from "../../../src/plug/index.ts";

describe("isSecret", () => {
  it("knows secrets by their names", () => {
    const names = [
      "password",
      "user[Password]",
      "passwordHash",
      "passwd",
      "ACCESS_TOKEN",
      "_csrf_token",
      "x-csrf-token",
    ];
    const others = [
      "client_secret",
      "Authorization",
      "cookie",
      "set-cookie",
      "api-key",
      "apiKey",
      "private_key",
      "sessionId",
    ];
    for (const name of [...names, ...others]) assert.ok(isSecret(name), name);
    for (const name of ["author", "key", "name", "session", "user", "pass", "x-request-id"])
      assert.ok(!isSecret(name), name);
  });

  it("takes every name that filterParams takes", () => {
    for (const name of ["password", "token", "secret", "myPassWord", "tokens", "secretary"]) {
      assert.equal(filterParams({ [name]: "x" })[name], "[FILTERED]");
      assert.ok(isSecret(name), name);
    }
  });
});

describe("secrets of a URL", () => {
  it("are hidden in its query", () => {
    assert.equal(hideInQuery("a=1&token=x&token=y&b"), "a=1&token=[FILTERED]&token=[FILTERED]&b");
    assert.equal(hideInQuery("user%5Bpass%77ord%5D=x&=&token"), "user%5Bpass%77ord%5D=[FILTERED]&=&token");
    assert.equal(hideInQuery("%zztoken=x"), "%zztoken=[FILTERED]");
    assert.equal(hideInQuery(""), "");
  });

  it("are hidden before its host", () => {
    assert.equal(hideInUrl("https://ann:x@example.org/a?token=x#b"), "https://example.org/a?token=[FILTERED]");
    assert.equal(hideInUrl("/a?b=@c"), "/a?b=@c");
  });

  it("are hidden in its path, where a param of the route is one", () => {
    assert.equal(hideInPath("/reset/a%2Db/x", { token: "a-b", id: "x" }), "/reset/[FILTERED]/x");
    assert.equal(hideInPath("/a//b", { token: "" }), "/a//b");
    assert.equal(hideInPath("/a/b", { id: "b" }), "/a/b");
  });
});
