import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { application, createNode } from "../../src/process/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import { answer, routerOf, startEndpoint } from "./support.ts";

describe("an endpoint that starts", () => {
  test("listens on a free port and tells which", async () => {
    const { endpoint: running, base } = await startEndpoint({ router: routerOf({ "/": answer("hello") }) });
    assert.ok(running.address.port > 0);
    assert.equal(running.address.host, "127.0.0.1");
    assert.equal(running.url, `http://localhost:${running.address.port}`);
    assert.equal(await (await fetch(base)).text(), "hello");
  });

  test("is found on its node, whose configuration plugs see", async () => {
    const seen: unknown[] = [];
    const { application: running, base } = await startEndpoint({
      router: routerOf({
        "/": (conn) => {
          seen.push(conn.config);
          conn.send(200, "");
        },
      }),
      url: "https://chat.example.org",
      maxBodyBytes: 12,
      session: { name: "_chat" },
    });
    await fetch(base);
    const found = endpointOf(running.node);
    assert.equal(seen[0], found.config);
    assert.deepEqual(found.config.url, { scheme: "https", host: "chat.example.org", port: 443 });
    assert.equal(found.url, "https://chat.example.org");
    assert.equal(found.config.maxBodyBytes, 12);
    assert.deepEqual(found.config.session, { name: "_chat" });
    assert.ok(Object.isFrozen(found.config));
  });

  test("calls the mounts before the first request", async () => {
    const started: string[] = [];
    await startEndpoint({
      sockets: { "/live": { start: ({ url }) => started.push(url), upgrade() {}, drain() {} } },
    });
    assert.match(started.join(), /^http:\/\/localhost:\d+$/);
  });

  test("a mount that stands at two paths is started once", async () => {
    let starts = 0;
    const mount = { start: () => void starts++, upgrade() {}, drain() {} };
    await startEndpoint({ sockets: { "/live": mount, "/socket": mount } });
    assert.equal(starts, 1);
  });
});

describe("an endpoint that cannot start says why", () => {
  test("the port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    after(() => other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await assert.rejects(startEndpoint({ port }), {
      message:
        `the endpoint cannot listen at 127.0.0.1:${port}: port ${port} is in use; end the program that listens there, ` +
        "or choose another with the variable PORT or the option port",
    });
  });

  test("the address is not this machine's", async () => {
    await assert.rejects(startEndpoint({ host: "203.0.113.1" }), /has no such address; correct the option host/);
  });

  test("a route is served by nobody", async () => {
    await assert.rejects(startEndpoint({ router: router(defineRoutes({ lost: "/lost" })) }), /lost/);
  });

  test("a mount path is no path", async () => {
    const mount = { upgrade() {}, drain() {} };
    await assert.rejects(
      startEndpoint({ sockets: { "live/": mount } }),
      /sockets has the path "live\/": write it like/,
    );
  });

  test("a mount throws", async () => {
    const mount = {
      start() {
        throw new Error("no channels");
      },
      upgrade() {},
      drain() {},
    };
    await assert.rejects(startEndpoint({ sockets: { "/live": mount } }), /no channels/);
  });
});

describe("an endpoint in a supervision tree", () => {
  test("listens again on the same port after a crash", async () => {
    const {
      application: running,
      endpoint: first,
      base,
    } = await startEndpoint({
      router: routerOf({ "/": answer("hello") }),
    });
    // A free port is taken anew at each start, so the test asks the node for the second one.
    const crashed = running.node.whereis("endpoint");
    assert.ok(crashed);
    crashed.exit(new Error("crash for the test"));
    await assert.rejects(fetch(base));
    while (endpointOf(running.node) === first) await new Promise((resolve) => setImmediate(resolve));
    const again = endpointOf(running.node);
    assert.equal(await (await fetch(`http://127.0.0.1:${again.address.port}/`)).text(), "hello");
  });

  test("leaves nothing open when it is killed", async () => {
    const node = createNode("killed");
    const spec = endpoint({ router: routerOf({}), port: 0, environment: "test", log: "silent" });
    const owner = await spec.start(node);
    await owner.started();
    const { port } = endpointOf(node).address;
    owner.exit("killed");
    await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  });

  test("stands once on a node", async () => {
    const options = { router: routerOf({}), port: 0, environment: "test", log: "silent" } as const;
    const twice = application({ children: [endpoint(options), { ...endpoint(options), id: "second" }] });
    await assert.rejects(twice.start({ nodeName: "twice" }), /a process named "endpoint" is already running/);
  });

  test("two applications in one JavaScript process do not meet", async () => {
    const one = await startEndpoint({ router: routerOf({ "/": answer("one") }) });
    const two = await startEndpoint({ router: routerOf({ "/": answer("two") }) });
    assert.equal(await (await fetch(one.base)).text(), "one");
    await one.stop();
    assert.equal(await (await fetch(two.base)).text(), "two");
  });
});
