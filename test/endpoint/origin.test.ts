import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { describe, test } from "node:test";
import type { EndpointOptions } from "../../src/endpoint/index.ts";
import { compileOriginCheck } from "../../src/endpoint/origin.ts";
import type { ServerConfig } from "../../src/plug/index.ts";

interface Case {
  readonly checkOrigin?: EndpointOptions["checkOrigin"];
  readonly url?: ServerConfig["url"];
  readonly host?: string;
  readonly origin?: string;
}

function allowed({ checkOrigin, url, host = "chat.example.org", origin }: Case): boolean {
  const headers = { host, ...(origin === undefined ? {} : { origin }) };
  return compileOriginCheck(checkOrigin, url)({ headers } as IncomingMessage);
}

const publicUrl = { scheme: "https", host: "chat.example.org", port: 443 } as const;

describe("same-host", () => {
  test("compares the host that the request names, whatever scheme and port", () => {
    assert.ok(allowed({ origin: "http://chat.example.org" }));
    assert.ok(allowed({ origin: "https://chat.example.org:8443" }));
    assert.ok(allowed({ origin: "http://localhost:4000", host: "localhost:4000" }));
    assert.ok(allowed({ origin: "http://[::1]:4000", host: "[::1]:4000" }));
    assert.ok(allowed({ origin: "http://CHAT.example.org", host: "Chat.Example.ORG" }));
  });

  test("refuses other hosts, those that look alike included", () => {
    for (const origin of [
      "http://evil.example",
      "http://example.org",
      "http://chat.example.org.evil.example",
      "http://evilchat.example.org",
      "http://chat.example.org@evil.example",
      "null",
      "",
      "chat.example.org",
      "file://",
    ]) {
      assert.equal(allowed({ origin }), false, origin);
    }
  });

  test("compares the configured URL instead, if there is one", () => {
    assert.ok(allowed({ url: publicUrl, origin: "https://chat.example.org", host: "10.0.0.7" }));
    assert.equal(allowed({ url: publicUrl, origin: "http://10.0.0.7", host: "10.0.0.7" }), false);
  });
});

describe("a list", () => {
  test("of a host alone allows its schemes and ports", () => {
    const checkOrigin = ["//example.org"];
    assert.ok(allowed({ checkOrigin, origin: "http://example.org" }));
    assert.ok(allowed({ checkOrigin, origin: "https://example.org:8443" }));
    assert.equal(allowed({ checkOrigin, origin: "https://www.example.org" }), false);
    assert.equal(allowed({ checkOrigin, origin: "https://notexample.org" }), false);
  });

  test("does not add the server's own host", () => {
    assert.equal(allowed({ checkOrigin: ["//example.org"], origin: "http://chat.example.org" }), false);
  });

  test("with a wildcard allows the host and all below it", () => {
    const checkOrigin = ["//*.example.org"];
    assert.ok(allowed({ checkOrigin, origin: "http://example.org" }));
    assert.ok(allowed({ checkOrigin, origin: "http://a.b.example.org" }));
    assert.equal(allowed({ checkOrigin, origin: "http://evilexample.org" }), false);
  });

  test("with scheme or port compares them", () => {
    const checkOrigin = ["https://example.org", "//localhost:3000"];
    assert.ok(allowed({ checkOrigin, origin: "https://example.org" }));
    assert.equal(allowed({ checkOrigin, origin: "http://example.org" }), false);
    assert.equal(allowed({ checkOrigin, origin: "https://example.org:8443" }), false);
    assert.ok(allowed({ checkOrigin, origin: "http://localhost:3000" }));
    assert.equal(allowed({ checkOrigin, origin: "http://localhost:4000" }), false);
  });

  test("with an entry that cannot be read is refused at start", () => {
    for (const entry of ["example.org", "ftp://example.org", "//example.org/path", "//", "//*", "*"]) {
      assert.throws(() => compileOriginCheck([entry], undefined), /is no origin: write \/\/example\.org/, entry);
    }
  });
});

test("a request without an origin comes from no browser and is allowed", () => {
  assert.ok(allowed({}));
  assert.ok(allowed({ checkOrigin: ["//example.org"] }));
});

test("false allows every page", () => {
  assert.ok(allowed({ checkOrigin: false, origin: "http://evil.example" }));
  assert.ok(allowed({ checkOrigin: false, origin: "null" }));
});
