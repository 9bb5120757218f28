import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endpointOf, offlineEndpoint } from "../../src/endpoint/index.ts";
import { createNode } from "../../src/process/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import { conn, get } from "../../src/testing/index.ts";
import { answer, routerOf } from "./support.ts";

describe("offlineEndpoint", () => {
  it("answers as an endpoint does, and listens nowhere", async () => {
    const node = createNode("offline");
    const offline = offlineEndpoint(node, {
      router: routerOf({ "/": answer("hello") }),
      staticFiles: [{ at: "/files", from: new URL(".", import.meta.url) }],
    });
    assert.equal(endpointOf(node), offline);
    assert.deepEqual(
      [offline.address, offline.addresses, offline.url],
      [{ host: "", port: 0 }, [], "http://localhost"],
    );
    assert.equal((await get(conn(offline), "/")).body, "hello");
    assert.match((await get(conn(offline), "/files/support.ts")).body, /A router with one GET route per path/);
    assert.equal((await get(conn(offline), "/nowhere")).status, 404);
    offline.reloadCertificate();
  });

  it("is of the environment test, with a secret of its own, whatever the process variables say", () => {
    const [one, other] = ["one", "other"].map((name) => offlineEndpoint(createNode(name), { router: routerOf({}) }));
    assert.equal(one?.config.environment, "test");
    assert.notEqual(one?.config.secretKeyBase, other?.config.secretKeyBase);
  });

  it("checks what an endpoint checks at start", () => {
    const nobody = router(defineRoutes({ home: "/" }));
    assert.throws(() => offlineEndpoint(createNode("a"), { router: nobody }), /cannot serve/);
    const served = routerOf({});
    assert.throws(() => offlineEndpoint(createNode("b"), { router: served, url: "nonsense" }), /option url/);
    const missing = [{ at: "/", from: "/nowhere/at/all" }];
    assert.throws(() => offlineEndpoint(createNode("c"), { router: served, staticFiles: missing }), /no directory/);
  });
});
