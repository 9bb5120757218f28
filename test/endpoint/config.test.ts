import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatUrl, serverConfig, settingsOf, type Variables } from "../../src/endpoint/config.ts";
import type { EndpointOptions } from "../../src/endpoint/index.ts";
import { routerOf } from "./support.ts";

const secret = "s".repeat(64);

function settings(options: Partial<EndpointOptions> = {}, variables: Variables = {}) {
  return settingsOf({ router: routerOf({}), ...options }, { SECRET_KEY_BASE: secret, ...variables });
}

function config(options: Partial<EndpointOptions>, port = 4000) {
  const all = { router: routerOf({}), ...options };
  return serverConfig(all, settings(options), port);
}

describe("the environment", () => {
  test("is the option, else NODE_ENV, else development", () => {
    assert.equal(settings({ environment: "test" }, { NODE_ENV: "production" }).environment, "test");
    assert.equal(settings({}, { NODE_ENV: "production" }).environment, "production");
    assert.equal(settings().environment, "development");
    assert.equal(settings({}, { NODE_ENV: "" }).environment, "development");
  });

  test("that is unknown is refused", () => {
    assert.throws(() => settings({}, { NODE_ENV: "staging" }), {
      message: 'NODE_ENV is "staging", but the endpoint knows only development, production, test',
    });
  });
});

describe("the port", () => {
  test("is the option, else PORT, else 4000, and in test any free one", () => {
    assert.equal(settings({ port: 1 }, { PORT: "2" }).port, 1);
    assert.equal(settings({}, { PORT: "2" }).port, 2);
    assert.equal(settings().port, 4000);
    assert.equal(settings({ environment: "test" }).port, 0);
    assert.equal(settings({ environment: "test" }, { PORT: "2" }).port, 2);
  });

  test("that is none is refused, saying where it came from", () => {
    assert.throws(() => settings({}, { PORT: "http" }), {
      message: 'the variable PORT is "http": a port is a whole number from 0 to 65535',
    });
    assert.throws(() => settings({ port: 70_000 }), /the endpoint's option port is 70000: a port is/);
    assert.throws(() => settings({ port: 1.5 }), /option port is 1\.5/);
  });
});

test("the host is this machine alone, but everyone's in production", () => {
  assert.equal(settings().host, "127.0.0.1");
  assert.equal(settings({ environment: "test" }).host, "127.0.0.1");
  assert.equal(settings({ environment: "production" }).host, "0.0.0.0");
  assert.equal(settings({ environment: "production", host: "10.0.0.7" }).host, "10.0.0.7");
});

describe("the url", () => {
  test("follows from host and port", () => {
    assert.equal(formatUrl(config({}, 4001).url), "http://localhost:4001");
    assert.equal(formatUrl(config({ environment: "production" }, 80).url), "http://localhost");
    assert.equal(formatUrl(config({ host: "10.0.0.7" }).url), "http://10.0.0.7:4000");
    assert.equal(formatUrl(config({ host: "fe80::1" }).url), "http://[fe80::1]:4000");
  });

  test("is the option", () => {
    assert.deepEqual(config({ url: "https://a.example" }).url, { scheme: "https", host: "a.example", port: 443 });
    assert.deepEqual(config({ url: "http://a.example:81/" }).url, { scheme: "http", host: "a.example", port: 81 });
    assert.equal(formatUrl(config({ url: "https://a.example" }).url), "https://a.example");
  });

  test("that is none is refused", () => {
    for (const url of ["a.example", "ftp://a.example", ""]) {
      assert.throws(() => config({ url }), /option url is ".*": give it like https:\/\/chat\.example\.org/, url);
    }
  });
});
