/**
 * Requests that two programs in a row could take apart in different ways (RFC 9112, section 11.2).
 *
 * Each is sent byte by byte as it stands, with another request behind it. It must be refused, its connection closed,
 * nothing behind it may be handled, and the server must go on.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requestRefused } from "../../src/endpoint/index.ts";
import type { Plug } from "../../src/plug/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import { certificate, exchange, record, startEndpoint } from "./support.ts";

const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

function post(headers: string, body = ""): string {
  return `POST / HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}${smuggled}`;
}

function chunked(body: string): string {
  return post("Transfer-Encoding: chunked", body);
}

const lastChunk = "0\r\n\r\n";

const attacks: Readonly<Record<string, string>> = {
  // Two framings at once.
  "CL.TE: a length and then a transfer coding": post(
    "Content-Length: 6\r\nTransfer-Encoding: chunked",
    `${lastChunk}G`,
  ),
  "TE.CL: a transfer coding and then a length": post(
    "Transfer-Encoding: chunked\r\nContent-Length: 3",
    "8\r\nSMUGGLED",
  ),
  "CL.TE with an empty transfer coding": post("Content-Length: 3\r\nTransfer-Encoding:", "abc"),
  "TE.CL with the coding identity": post("Transfer-Encoding: identity\r\nContent-Length: 3", "abc"),
  // TE.TE: codings that one of two programs does not recognise.
  "TE.TE: chunked, then an unknown coding": post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", lastChunk),
  "TE.TE: an unknown coding, then chunked": post("Transfer-Encoding: x\r\nTransfer-Encoding: chunked", lastChunk),
  "TE.TE: identity, then chunked": post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", lastChunk),
  "TE.TE: chunked twice, in two lines": post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", lastChunk),
  "TE.TE: chunked twice, in one line": post("Transfer-Encoding: chunked, chunked", lastChunk),
  "TE.TE: gzip below chunked": post("Transfer-Encoding: gzip, chunked", lastChunk),
  "TE.TE: chunked below gzip": post("Transfer-Encoding: chunked, gzip", lastChunk),
  "TE.TE: a name that ends in chunked": post("Transfer-Encoding: xchunked", lastChunk),
  "TE.TE: chunked in quotes": post('Transfer-Encoding: "chunked"', lastChunk),
  "TE.TE: chunked with a parameter": post("Transfer-Encoding: chunked;q=1", lastChunk),
  "TE.TE: chunked and a comma": post("Transfer-Encoding: chunked,", lastChunk),
  "TE.TE: identity alone": post("Transfer-Encoding: identity", "abc"),
  "TE.TE: a space before the colon": post("Transfer-Encoding : chunked", lastChunk),
  "TE.TE: a tab before the colon": post("Transfer-Encoding\t: chunked", lastChunk),
  "TE.TE: a vertical tab before the value": post("Transfer-Encoding: \x0bchunked", lastChunk),
  "TE.TE: a NUL behind the value": post("Transfer-Encoding: chunked\0", lastChunk),
  "TE.TE: the value on the next line": post("Transfer-Encoding:\r\n chunked", lastChunk),
  "TE.TE: the line folded below another": post("X: x\r\n Transfer-Encoding: chunked", lastChunk),
  "TE.TE: behind a bare CR": post("X: x\rTransfer-Encoding: chunked", lastChunk),
  "TE.TE: behind a bare LF": post("X: x\nTransfer-Encoding: chunked", lastChunk),
  "a transfer coding in HTTP/1.0": chunked(lastChunk).replace("HTTP/1.1", "HTTP/1.0"),
  // Lengths.
  "two different lengths": post("Content-Length: 3\r\nContent-Length: 30", "abc"),
  "the same length twice": post("Content-Length: 3\r\nContent-Length: 3", "abc"),
  "a list of lengths": post("Content-Length: 3, 3", "abc"),
  "a length with a plus": post("Content-Length: +3", "abc"),
  "a negative length": post("Content-Length: -3", "abc"),
  "a hexadecimal length": post("Content-Length: 0x3", "abc"),
  "a length with a fraction": post("Content-Length: 3.0", "abc"),
  "a length with an exponent": post("Content-Length: 3e0", "abc"),
  "a length with a space inside": post("Content-Length: 3 0", "abc"),
  "an empty length": post("Content-Length:", "abc"),
  "a length in other digits": post("Content-Length: \xb3", "abc"),
  "a length of 2^64": post("Content-Length: 18446744073709551616"),
  "a length of 2^64 and 3, which overflows to 3": post("Content-Length: 18446744073709551619", "abc"),
  "a length with a space before the colon": post("Content-Length : 3", "abc"),
  "a length on the next line": post("Content-Length:\r\n 3", "abc"),
  // Lines.
  "lines that end in a bare LF": "POST / HTTP/1.1\nHost: a\nContent-Length: 0\n\n",
  "a request line that ends in a bare LF": `GET / HTTP/1.1\nHost: a\r\n\r\n${smuggled}`,
  "a request line that ends in a bare CR": `GET / HTTP/1.1\rHost: a\r\n\r\n${smuggled}`,
  "a header line that ends in a bare LF": `GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n${smuggled}`,
  "a header line that ends in a bare CR": `GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n${smuggled}`,
  "a head that ends in a bare LF": `GET / HTTP/1.1\r\nHost: a\r\n\n${smuggled}`,
  "a folded header": `GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n${smuggled}`,
  "a header folded with a tab": `GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n${smuggled}`,
  "a fold below the request line": `GET / HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n${smuggled}`,
  "a space before a colon": `GET / HTTP/1.1\r\nHost : a\r\n\r\n${smuggled}`,
  "a header without a colon": `GET / HTTP/1.1\r\nHost: a\r\nsmuggled\r\n\r\n${smuggled}`,
  "a header without a name": `GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n${smuggled}`,
  // Chunks.
  "a negative chunk size": chunked(`-1\r\na\r\n${lastChunk}`),
  "a chunk size with a prefix": chunked(`0x1\r\na\r\n${lastChunk}`),
  "a chunk size that overflows": chunked(`10000000000000001\r\na\r\n${lastChunk}`),
  "a chunk size that is missing": chunked(`\r\na\r\n${lastChunk}`),
  "a chunk size with a space behind it": chunked(`1 \r\na\r\n${lastChunk}`),
  "a chunk size in a bare LF": chunked(`1\na\r\n${lastChunk}`),
  "a chunk that is longer than its size": chunked(`1\r\nab\r\n${lastChunk}`),
  "a chunk that ends in a bare LF": chunked(`1\r\na\n${lastChunk}`),
  "a chunk extension that ends in a bare LF": chunked(`1;a=b\na\r\n${lastChunk}`),
  "a chunk extension with a LF in quotes": chunked(`1;a="\n"\r\na\r\n${lastChunk}`),
  "a chunk extension without an end": chunked(`1;${"a".repeat(20_000)}\r\na\r\n${lastChunk}`),
  "a length in the trailers": chunked("0\r\nContent-Length: 5\r\n\r\n"),
  "a transfer coding in the trailers": chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"),
  "a folded trailer": chunked("0\r\nX: a\r\n b\r\n\r\n"),
  "trailers without an end": chunked(`0\r\n${"X: smuggled\r\n".repeat(5_000)}`),
};

/** Statuses that are not 400. */
const statuses: Readonly<Record<string, number>> = {
  "a chunk extension without an end": 413,
  "trailers without an end": 431,
};

for (const scheme of ["http", "https"] as const) {
  describe(`refused over ${scheme}, once, with what stands behind it`, async () => {
    const handled: string[] = [];
    /** Reads the body, as the parsers do. */
    const readAll: Plug = async (conn) => {
      handled.push(conn.path);
      let size = 0;
      for await (const chunk of conn.request) size += chunk.length;
      conn.send(200, String(size));
    };
    const app = await startEndpoint({
      router: router(defineRoutes({})).scope({ through: [] }, (scope) => {
        scope.get("/", readAll).post("/", readAll).get("/smuggled", readAll);
      }),
      ...withTls(scheme),
    });
    const refused = record(requestRefused, app.endpoint.node.name);

    for (const [name, text] of Object.entries(attacks)) {
      test(name, async () => {
        const status = statuses[name] ?? 400;
        handled.length = 0;
        refused.length = 0;
        const received = await exchange(app.base, text);
        assert.deepEqual(received.match(/HTTP\/1\.1 \d+/g), [`HTTP/1.1 ${status}`], received);
        assert.match(received, /connection: close/i);
        assert.deepEqual(
          refused.map((payload) => payload.status),
          [status],
        );
        assert.ok(!handled.includes("/smuggled"));
        assert.match(
          await exchange(app.base, `${smuggled.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")}`),
          /200 OK/,
        );
      });
    }
  });
}

function withTls(scheme: string) {
  return scheme === "https" ? { https: certificate("first") } : {};
}
