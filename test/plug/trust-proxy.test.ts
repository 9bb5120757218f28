import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { Conn, type Plug, type TrustProxyOptions, trustProxy } from "../../src/plug/index.ts";
import { exchange, serve, testConfig } from "./server.ts";

const whereFrom: Plug = (conn) => conn.send(200, `${conn.remoteAddress} ${conn.scheme} ${conn.host} ${conn.port}`);

/** What a conn says of its origin when these header lines arrive from 127.0.0.1. */
async function askerFor(context: TestContext, proxies: readonly string[], options?: TrustProxyOptions) {
  const plug = trustProxy(proxies, options);
  const server = await serve(context, (conn) => {
    plug(conn);
    return whereFrom(conn);
  });
  return async (...lines: string[]): Promise<string> => {
    const head = ["GET / HTTP/1.1", "Host: own.example:4000", "Connection: close", ...lines];
    const answer = await exchange(server.port, `${head.join("\r\n")}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 (200|400) /, answer);
    return answer.startsWith("HTTP/1.1 400") ? "400" : answer.slice(answer.indexOf("\r\n\r\n") + 4);
  };
}

const direct = "127.0.0.1 http own.example 4000";

test("without headers of a proxy, the connection counts", async (context) => {
  const ask = await askerFor(context, ["loopback"]);
  assert.equal(await ask(), direct);
});

test("a trusted proxy says who the client is and which scheme it used", async (context) => {
  const ask = await askerFor(context, ["loopback"]);
  assert.equal(await ask("X-Forwarded-For: 203.0.113.7"), "203.0.113.7 http own.example 4000");
  assert.equal(await ask("X-Forwarded-For: 2001:DB8::7"), "2001:db8::7 http own.example 4000");
  assert.equal(
    await ask("X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: HTTPS"),
    "203.0.113.7 https own.example 4000",
  );
});

test("spoofed headers of an untrusted peer change nothing", async (context) => {
  const headers = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port"] as const;
  const ask = await askerFor(context, ["10.0.0.0/8"], { headers });
  assert.equal(
    await ask(
      "X-Forwarded-For: 10.0.0.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: evil.example",
      "X-Forwarded-Port: 443",
      "Forwarded: for=10.0.0.1;proto=https;host=evil.example",
    ),
    direct,
  );
  const askForwarded = await askerFor(context, ["10.0.0.0/8"], { headers: ["forwarded"] });
  assert.equal(await askForwarded("Forwarded: for=10.0.0.1;proto=https;host=evil.example"), direct);
  assert.equal(await askForwarded('Forwarded: for="'), direct);
});

test("spoofed x-forwarded-for chains through a trusted peer: the right-most untrusted address is the client", async (context) => {
  const ask = await askerFor(context, ["loopback", "10.0.0.0/8", "2001:db8:aa::/48"]);
  const cases: [chain: string, client: string][] = [
    ["1.1.1.1, 203.0.113.7", "203.0.113.7"],
    ["127.0.0.1, 203.0.113.7", "203.0.113.7"],
    ["10.0.0.9, 203.0.113.7, 10.0.0.1", "203.0.113.7"],
    ["203.0.113.7, 10.0.0.2, 10.0.0.1", "203.0.113.7"],
    ["10.0.0.3, 10.0.0.2, 10.0.0.1", "10.0.0.3"],
    ["1.1.1.1, 2001:db8::7, 2001:DB8:AA::1", "2001:db8::7"],
    ["1.1.1.1, [2001:db8::7]:5555", "2001:db8::7"],
    ["1.1.1.1, 203.0.113.7:5555", "203.0.113.7"],
    ["1.1.1.1, ::ffff:203.0.113.7, ::ffff:10.0.0.1", "203.0.113.7"],
    ["1.1.1.1,203.0.113.7", "203.0.113.7"],
  ];
  for (const [chain, client] of cases) {
    assert.equal(await ask(`X-Forwarded-For: ${chain}`), `${client} http own.example 4000`, chain);
  }
});

test("garbage, `unknown` and made-up names end the chain at the last proxy that is known", async (context) => {
  const ask = await askerFor(context, ["loopback", "10.0.0.0/8"]);
  const cases: [chain: string, client: string][] = [
    ["unknown", "127.0.0.1"],
    ["203.0.113.7, unknown", "127.0.0.1"],
    ["203.0.113.7, unknown, 10.0.0.1", "10.0.0.1"],
    ["203.0.113.7, _hidden, 10.0.0.1", "10.0.0.1"],
    ["203.0.113.7, , 10.0.0.1", "10.0.0.1"],
    ["203.0.113.7,", "127.0.0.1"],
    ["203.0.113.7, 10.0.0.256", "127.0.0.1"],
    ["203.0.113.7, 10.0.0.1.", "127.0.0.1"],
    ["203.0.113.7, 10.1", "127.0.0.1"],
    ["203.0.113.7, 167772161", "127.0.0.1"],
    ["203.0.113.7 10.0.0.1", "127.0.0.1"],
    ["<script>", "127.0.0.1"],
    [`${"9".repeat(5_000)}`, "127.0.0.1"],
    [`203.0.113.7${", 10.0.0.1".repeat(1_000)}`, "203.0.113.7"],
    [",".repeat(10_000), "127.0.0.1"],
  ];
  for (const [chain, client] of cases) {
    assert.equal(await ask(`X-Forwarded-For: ${chain}`), `${client} http own.example 4000`, chain.slice(0, 60));
  }
});

test("a chain on several lines is one chain", async (context) => {
  const ask = await askerFor(context, ["loopback", "10.0.0.0/8"]);
  const chain = ["X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 203.0.113.7", "X-Forwarded-For: 10.0.0.1"];
  assert.equal(await ask(...chain), "203.0.113.7 http own.example 4000");
});

test("a scheme that the client made up does not count where each proxy appends its own", async (context) => {
  const ask = await askerFor(context, ["loopback", "10.0.0.0/8"]);
  const spoofed = ["X-Forwarded-For: 1.1.1.1, 203.0.113.7", "X-Forwarded-Proto: https, http"];
  assert.equal(await ask(...spoofed), "203.0.113.7 http own.example 4000");
  const twoProxies = ["X-Forwarded-For: 203.0.113.7, 10.0.0.1", "X-Forwarded-Proto: https, http"];
  assert.equal(await ask(...twoProxies), "203.0.113.7 https own.example 4000");
  const handedOn = ["X-Forwarded-For: 203.0.113.7, 10.0.0.1", "X-Forwarded-Proto: https"];
  assert.equal(await ask(...handedOn), "203.0.113.7 https own.example 4000");
  for (const scheme of ["javascript", "wss", "", "https http", "https;", "ftp"]) {
    assert.equal(await ask(`X-Forwarded-Proto: ${scheme}`), direct, scheme);
  }
});

test("host and port count only where the proxy is said to set them", async (context) => {
  const lines = ["X-Forwarded-Proto: https", "X-Forwarded-Host: Shop.Example:8443", "X-Forwarded-Port: 9443"];
  const byDefault = await askerFor(context, ["loopback"]);
  assert.equal(await byDefault(...lines), "127.0.0.1 https own.example 4000");
  const host = await askerFor(context, ["loopback"], { headers: ["x-forwarded-proto", "x-forwarded-host"] });
  assert.equal(await host(...lines), "127.0.0.1 https shop.example 8443");
  assert.equal(
    await host("X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example"),
    "127.0.0.1 https shop.example 443",
  );
  assert.equal(await host("X-Forwarded-Host: shop.example"), "127.0.0.1 http shop.example 80");
  assert.equal(await host("X-Forwarded-Host: evil.example, [2001:db8::1]:81"), "127.0.0.1 http [2001:db8::1] 81");
  const port = await askerFor(context, ["loopback"], { headers: ["x-forwarded-host", "x-forwarded-port"] });
  assert.equal(await port(...lines), "127.0.0.1 http shop.example 9443");
});

test("hosts and ports that are none are ignored", async (context) => {
  const headers = ["x-forwarded-host", "x-forwarded-port"] as const;
  const ask = await askerFor(context, ["loopback"], { headers });
  for (const host of [
    "",
    "a b",
    "user@evil.example",
    "evil.example/path",
    "evil.example:99999",
    "evil.example:0",
    "bücher",
    '"x"',
  ]) {
    assert.equal(await ask(`X-Forwarded-Host: ${host}`), direct, host);
  }
  for (const port of ["", "0", "65536", "-1", "80.5", "0x50", "http"]) {
    assert.equal(await ask(`X-Forwarded-Port: ${port}`), direct, port);
  }
});

test("the header of RFC 7239 says it all in one", async (context) => {
  const ask = await askerFor(context, ["loopback", "10.0.0.0/8"], { headers: ["forwarded"] });
  const cases: [header: string, expected: string][] = [
    ["for=203.0.113.7", "203.0.113.7 http own.example 4000"],
    ['for="[2001:db8::7]:80";proto=https;host=shop.example', "2001:db8::7 https shop.example 443"],
    ["for=1.1.1.1;host=evil.example, for=203.0.113.7;proto=https", "203.0.113.7 https own.example 4000"],
    ["for=203.0.113.7;proto=https;host=shop.example, for=10.0.0.1;proto=http", "203.0.113.7 https shop.example 443"],
    ["for=203.0.113.7, for=unknown;proto=https", "127.0.0.1 https own.example 4000"],
    ["for=203.0.113.7, for=_hidden, for=10.0.0.1", "10.0.0.1 http own.example 4000"],
    ["proto=https", "127.0.0.1 https own.example 4000"],
    ["", direct],
  ];
  for (const [header, expected] of cases) assert.equal(await ask(`Forwarded: ${header}`), expected, header);
  assert.equal(await ask("X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: https"), direct);
});

test("a client that leaves a quote open, to hide what the proxy appends, is 400", async (context) => {
  const ask = await askerFor(context, ["loopback"], { headers: ["forwarded"] });
  assert.equal(await ask('Forwarded: for="', "Forwarded: for=203.0.113.7"), "400");
  assert.equal(await ask('Forwarded: for=10.0.0.1;x=", for=203.0.113.7;host="shop.example"'), "400");
});

test("property: no header that a client sends makes it anybody but itself", async () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom("unknown", "10.0.0.1", "127.0.0.1", "", '"'),
    fc.string(),
  );
  const plug = trustProxy(["loopback", "10.0.0.0/8"]);
  fc.assert(
    fc.property(fc.array(text), fc.constantFrom([], ["10.0.0.1"], ["10.0.0.2", "10.0.0.1"]), (spoofed, proxies) => {
      const chain = [...spoofed, "203.0.113.7", ...proxies].join(", ");
      const message = {
        url: "/",
        method: "GET",
        headers: { "x-forwarded-for": chain, host: "own.example" },
        socket: { remoteAddress: "127.0.0.1" },
      };
      const conn = new Conn({} as never, testConfig(), message as never, {} as never);
      plug(conn);
      assert.equal(conn.remoteAddress, "203.0.113.7");
    }),
  );
});

test("a connection over a Unix socket is trusted where `unix` is, a TCP connection without an address is not", async (context) => {
  const [withUnix, without] = [trustProxy(["unix"]), trustProxy(["loopback", "private"])];
  const server = createServer((message, response) => {
    const conn = new Conn({} as never, testConfig(), message, response);
    (message.url === "/unix" ? withUnix : without)(conn);
    whereFrom(conn);
  });
  const path = join(tmpdir(), `anqa-trust-${process.pid}.sock`);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  context.after(() => server.close());
  const ask = (url: string) =>
    new Promise<string>((resolve, reject) => {
      const headers = { host: "own.example:4000", "x-forwarded-for": "203.0.113.7", connection: "close" };
      const sent = request({ socketPath: path, path: url, headers }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve(body));
      });
      sent.on("error", reject).end();
    });
  assert.equal(await ask("/unix"), "203.0.113.7 http own.example 4000");
  assert.equal(await ask("/other"), " http own.example 4000");

  const reset = {
    url: "/",
    headers: { "x-forwarded-for": "203.0.113.7" },
    socket: { server: { address: () => ({}) } },
  };
  const conn = new Conn({} as never, testConfig(), reset as never, {} as never);
  withUnix(conn);
  assert.equal(conn.remoteAddress, "");
});

test("contradicting or unknown headers are refused at start", () => {
  const headers = ["forwarded", "x-forwarded-for"] as const;
  assert.throws(() => trustProxy(["loopback"], { headers }), /could contradict each other/);
  assert.throws(() => trustProxy(["loopback"], { headers: ["x-real-ip" as never] }), /"x-real-ip" is none of/);
  assert.throws(() => trustProxy(["everyone"]), /"everyone" is no network/);
});
