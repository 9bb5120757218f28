/** Request lines, targets, versions, hosts and headers that are none. Each is refused, reported, and hurts nobody else. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requestRefused } from "../../src/endpoint/index.ts";
import type { Conn } from "../../src/plug/index.ts";
import { exchange, record, routerOf, startEndpoint } from "./support.ts";

const app = await startEndpoint({
  router: routerOf({ "/": show, "/*rest": show }),
});
const refused = record(requestRefused, app.endpoint.node.name);

/** Answers with what the application sees of a request. */
function show(conn: Conn): void {
  conn.send(200, `${conn.method} ${conn.host} ${conn.path} ${conn.queryString}`);
}

/** The status and the body that a request is answered with, its connection closed. */
async function answerTo(text: string): Promise<readonly [status: number, body: string]> {
  const [head = "", body = ""] = (await exchange(app.base, text)).split("\r\n\r\n");
  return [Number(/^HTTP\/1\.1 (\d+) /.exec(head)?.[1]), body];
}

function get(target: string, headers = "Host: a\r\n"): string {
  return `GET ${target} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
}

/** Declares a test for each request that must be refused. */
function refuses(status: number, requests: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(requests)) {
    test(name, async () => {
      refused.length = 0;
      const [got, body] = await answerTo(text);
      assert.equal(got, status, body);
      assert.deepEqual(
        refused.map((payload) => [payload.status, payload.remoteAddress]),
        [[status, "127.0.0.1"]],
      );
      assert.deepEqual(await answerTo(get("/")), [200, "GET a / "]);
    });
  }
}

describe("a request line is refused with 400", () => {
  refuses(400, {
    "that is nonsense": "NONSENSE\r\n\r\n",
    "that is the beginning of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "without a target": "GET HTTP/1.1\r\nHost: a\r\n\r\n",
    "with a tab for a space": "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "with a space in the target": get("/a b"),
    "with a tab in the target": get("/a\tb"),
    "with a CR in the target": get("/a\rb"),
    "with a LF in the target": get("/a\nb"),
    "with CR and LF in the target": get("/a\r\nb"),
    "with a NUL in the target": get("/a\0b"),
    "with a control character in the target": get("/a\x01b"),
    "with DEL in the target": get("/a\x7fb"),
    "with bytes beyond ASCII in the target": get("/\xc3\xa9"),
    "with an unknown method": "FOO / HTTP/1.1\r\nHost: a\r\n\r\n",
    "with a method in lower case": "get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "with a NUL in the method": "GE\0T / HTTP/1.1\r\nHost: a\r\n\r\n",
    "with the protocol in lower case": "GET / http/1.1\r\nHost: a\r\n\r\n",
    "with half a version": "GET / HTTP/1\r\nHost: a\r\n\r\n",
    "with a version of too many digits": "GET / HTTP/1.11\r\nHost: a\r\n\r\n",
  });
});

describe("a version is refused with 505", () => {
  refuses(505, {
    "HTTP/0.9, which names none": "GET /\r\n\r\n",
    "HTTP/0.9": "GET / HTTP/0.9\r\n\r\n",
    "HTTP/1.2": "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    "HTTP/2.0 in the form of HTTP/1": "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "HTTP/2 without TLS": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/3.0": "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
  });
});

describe("a target is refused with 400", () => {
  refuses(400, {
    "without a slash": get("smuggled"),
    "with a fragment": get("/a#b"),
    "in the form for CONNECT, a host and a port": get("a.example:80"),
    "an asterisk with another method than OPTIONS": get("*"),
    "an asterisk and more": get("*/a"),
    "a URL of another scheme": get("ftp://a/"),
    "a URL that runs": get("javascript:alert(1)"),
    "a URL with a user": get("http://user@a/"),
    "a URL with a user and a password": get("http://user:password@a/"),
    "a URL without a host": get("http:///a"),
    "a URL with a fragment": get("http://a/#b"),
    "a URL with a backslash in its host": get("http://a\\b/"),
    "a URL with a percent escape in its host": get("http://a%2eb/"),
    "a URL with a port that is none": get("http://a:port/"),
  });
});

describe("a target may be", () => {
  test("a path with a query", async () => {
    assert.deepEqual(await answerTo(get("/a/b?c=d")), [200, "GET a /a/b c=d"]);
  });

  test("a whole URL, whose host counts more than the header (RFC 9112, section 3.2.2)", async () => {
    assert.deepEqual(await answerTo(get("http://b.example:81/x?y", "Host: a\r\n")), [200, "GET b.example /x y"]);
    assert.deepEqual(await answerTo(get("HTTPS://B.example")), [200, "GET b.example / "]);
    assert.deepEqual(await answerTo(get("http://b.example?y")), [200, "GET b.example / y"]);
  });

  test("an asterisk, with OPTIONS (section 3.2.4)", async () => {
    const received = await exchange(app.base, "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert.match(received, /^HTTP\/1\.1 204 [\s\S]*allow: GET/i);
  });

  test("a host and a port only with CONNECT, which is refused with 405", async () => {
    refused.length = 0;
    for (const target of ["a.example:443", "/path"]) {
      assert.equal((await answerTo(`CONNECT ${target} HTTP/1.1\r\nHost: a\r\n\r\n`))[0], 405, target);
    }
    assert.deepEqual(
      refused.map(({ status, method }) => [status, method]),
      [
        [405, "CONNECT"],
        [405, "CONNECT"],
      ],
    );
  });
});

describe("a host is refused with 400", () => {
  refuses(400, {
    "that is missing": get("/", ""),
    "that is missing beside a whole URL": get("http://a/", ""),
    "that is empty": get("/", "Host:\r\n"),
    "that is there twice": get("/", "Host: a\r\nHost: b\r\n"),
    "that is there twice and the same": get("/", "Host: a\r\nhOST: a\r\n"),
    "that is there twice, in HTTP/1.0": "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    "with a path": get("/", "Host: a/b\r\n"),
    "with a query": get("/", "Host: a?b\r\n"),
    "with a user": get("/", "Host: a@b\r\n"),
    "with a space": get("/", "Host: a b\r\n"),
    "with a list": get("/", "Host: a, b\r\n"),
    "with a backslash": get("/", "Host: a\\b\r\n"),
    "with quotes": get("/", 'Host: "a"\r\n'),
    "with markup": get("/", "Host: <script>\r\n"),
    "with bytes beyond ASCII": get("/", "Host: \xc3\xa9\r\n"),
    "with a port that is none": get("/", "Host: a:port\r\n"),
    "with two ports": get("/", "Host: a:1:2\r\n"),
    "with half an IPv6 address": get("/", "Host: [::1\r\n"),
  });
});

test("a host may be a name or an address, with or without a port, and missing in HTTP/1.0", async () => {
  for (const host of ["a", "A.b-c.example.", "a:", "a:80", "127.0.0.1:4000", "[::1]", "[fe80::1]:4000", "a_b"]) {
    assert.equal((await answerTo(get("/", `Host: ${host}\r\n`)))[0], 200, host);
  }
  assert.equal((await answerTo("GET / HTTP/1.0\r\n\r\n"))[0], 200);
});

describe("a header is refused with 400", () => {
  refuses(400, {
    "with a NUL in its value": get("/", "Host: a\r\nX: a\0b\r\n"),
    "with a bare CR in its value": get("/", "Host: a\r\nX: a\rb\r\n"),
    "with a control character in its value": get("/", "Host: a\r\nX: \x01\r\n"),
    "with DEL in its value": get("/", "Host: a\r\nX: \x7f\r\n"),
    "with a NUL in its name": get("/", "Host: a\r\nX\0: b\r\n"),
    "with a space in its name": get("/", "Host: a\r\nX Y: b\r\n"),
    "with bytes beyond ASCII in its name": get("/", "Host: a\r\n\xc3\xa9: b\r\n"),
  });
});

describe("an expectation", () => {
  const post = (expect: string) =>
    `POST / HTTP/1.1\r\nHost: a\r\nExpect: ${expect}\r\nConnection: close\r\nContent-Length: 1\r\n\r\na`;

  test("of 100-continue is met", async () => {
    assert.match(await exchange(app.base, post("100-continue")), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 405 /);
  });

  test("is not met for what is refused anyway", async () => {
    const received = await exchange(app.base, post("100-continue").replace("Host: a", "Host: /"));
    assert.match(received, /^HTTP\/1\.1 400 /);
  });

  refuses(417, { "of anything else is refused with 417": post("200-ok") });
});

test("a length that no body has is refused with 413", async () => {
  const [status] = await answerTo("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n");
  assert.equal(status, 413);
});
