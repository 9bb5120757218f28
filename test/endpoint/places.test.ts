/** Where an endpoint listens: ports, IPv6, Unix sockets, several places. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { endpointStart } from "../../src/endpoint/index.ts";
import { decideLimits } from "../../src/endpoint/limits.ts";
import { Servers } from "../../src/endpoint/servers.ts";
import { answer, certificate, routerOf, startEndpoint } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "anqa-sockets-"));
after(() => rmSync(folder, { recursive: true }));
let sockets = 0;
const freePath = () => join(folder, `${++sockets}.sock`);

const router = routerOf({ "/": answer("home") });

/** The body of a GET over a Unix socket. */
function get(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: "/", headers: { host: "localhost", connection: "close" } }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve(body));
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("a Unix socket", () => {
  test("is listened at instead of a port", async () => {
    const socketPath = freePath();
    const { endpoint } = await startEndpoint({
      router,
      socketPath,
      port: undefined as never,
      host: undefined as never,
    });
    assert.equal(await get(socketPath), "home");
    assert.deepEqual(endpoint.address, { host: "", port: 0 });
    assert.deepEqual(endpoint.addresses, [`unix:${socketPath}`]);
  });

  test("is for the user and the group of the server, or for whom the option says", async () => {
    const usual = freePath();
    await startEndpoint({ router, http: { socketPath: usual } });
    assert.equal(statSync(usual).mode & 0o777, 0o660);
    const open = freePath();
    await startEndpoint({ router, http: { socketPath: open, socketMode: 0o666 } });
    assert.equal(statSync(open).mode & 0o777, 0o666);
  });

  test("is gone when the endpoint has stopped", async () => {
    const socketPath = freePath();
    const { stop } = await startEndpoint({ router, http: { socketPath } });
    assert.ok(existsSync(socketPath));
    await stop();
    assert.ok(!existsSync(socketPath));
  });

  test("that a killed server left behind is taken over", async () => {
    const socketPath = freePath();
    const script = `require("node:net").createServer().listen(${JSON.stringify(socketPath)}, () => console.log("up"))`;
    const killed = spawn(process.execPath, ["--eval", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(killed.stdout, "data");
    killed.kill("SIGKILL");
    await once(killed, "exit");
    assert.ok(existsSync(socketPath));
    await startEndpoint({ router, http: { socketPath } });
    assert.equal(await get(socketPath), "home");
  });

  test("at which somebody listens is left to them", async () => {
    const socketPath = freePath();
    await startEndpoint({ router: routerOf({ "/": answer("first") }), http: { socketPath } });
    await assert.rejects(startEndpoint({ router, http: { socketPath } }), {
      message:
        `the endpoint cannot listen at the Unix socket ${socketPath}: somebody listens there, or the file is no socket; ` +
        "end that program, or choose another socketPath",
    });
    assert.equal(await get(socketPath), "first");
  });

  test("does not replace a file", async () => {
    const socketPath = freePath();
    writeFileSync(socketPath, "precious");
    await assert.rejects(startEndpoint({ router, http: { socketPath } }), /the file is no socket/);
    assert.equal(statSync(socketPath).size, 8);
  });

  test("needs its folder", async () => {
    const socketPath = join(folder, "missing", "a.sock");
    await assert.rejects(
      startEndpoint({ router, http: { socketPath } }),
      /its folder does not exist, or may not be written to/,
    );
  });

  test("takes the place of a port, and of HTTPS", async () => {
    await assert.rejects(startEndpoint({ router, socketPath: freePath(), port: 0 }), /exclude each other/);
    await assert.rejects(
      startEndpoint({ router, socketPath: freePath(), port: undefined as never, https: certificate("first") }),
      /https needs a port: put the Unix socket into the option http/,
    );
  });
});

describe("IPv6", { skip: !hasIpv6() && "this machine has no ::1" }, () => {
  test("is listened at, and stands in brackets where people read it", async () => {
    for (const host of ["::1", "[::1]"]) {
      const { endpoint } = await startEndpoint({ router, host });
      assert.deepEqual(endpoint.addresses, [`http://[::1]:${endpoint.address.port}`]);
      assert.equal(await (await fetch(endpoint.addresses[0] as string)).text(), "home");
    }
  });

  test("in all its addresses takes IPv4 as well", async () => {
    const { endpoint } = await startEndpoint({ router, host: "::" });
    for (const host of ["[::1]", "127.0.0.1"]) {
      assert.equal(await (await fetch(`http://${host}:${endpoint.address.port}/`)).text(), "home");
    }
    assert.equal(endpoint.url, `http://localhost:${endpoint.address.port}`);
  });

  test("in use is told with its brackets", async () => {
    const { endpoint } = await startEndpoint({ router, host: "::1" });
    const { port } = endpoint.address;
    await assert.rejects(
      startEndpoint({ router, host: "::1", port }),
      /cannot listen at \[::1\]:\d+: port \d+ is in use/,
    );
  });
});

describe("several places", () => {
  test("are served alike, and told in the log", async () => {
    const starts: { addresses: readonly string[] }[] = [];
    after(endpointStart.attach((payload) => void starts.push(payload)));
    const socketPath = freePath();
    const { endpoint } = await startEndpoint({ router, http: [{ port: 0 }, { socketPath }] });
    assert.equal(endpoint.addresses.length, 3);
    assert.deepEqual(starts.at(-1)?.addresses, endpoint.addresses);
    for (const address of endpoint.addresses.slice(0, 2)) assert.equal(await (await fetch(address)).text(), "home");
    assert.equal(await get(socketPath), "home");
  });

  test("are all closed when one of them cannot be had", async () => {
    const { endpoint: other } = await startEndpoint({ router });
    const socketPath = freePath();
    await assert.rejects(startEndpoint({ router, http: [{ socketPath }, { port: other.address.port }] }), /is in use/);
    await assert.rejects(once(connect(socketPath), "connect"), { code: "ENOENT" });
  });
});

test("connections that come before everything listens are closed, and not left without an answer", async () => {
  const servers = new Servers([{ host: "127.0.0.1", port: 0 }], undefined, decideLimits());
  after(() => servers.close());
  await servers.listen();
  const early = connect(servers.address.port, "127.0.0.1");
  early.on("error", () => {});
  await once(early, "close");
});

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
}
