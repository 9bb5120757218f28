import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { json } from "../../src/controller/index.ts";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { fetchSession, type Plug } from "../../src/plug/index.ts";
import { application, createNode } from "../../src/process/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import { conn, get, startApplication, testEndpoint } from "../../src/testing/index.ts";
import { site } from "./site.ts";

const where: Plug = (served) => json(served, [served.requestUrl, served.remoteAddress]);
const place = async (visitor: ReturnType<typeof conn>) => JSON.parse((await get(visitor, "/")).body);

describe("conn()", () => {
  const routes = defineRoutes({ home: "/" });
  const served = router(routes).scope({ through: [] }, (scope) => scope.get(routes.home, where));

  it("takes an application that runs, its node, or its endpoint", async (t) => {
    const running = await startApplication(t, application({ children: [endpoint({ router: served })] }));
    const found = endpointOf(running.node);
    for (const target of [running, running.node, found]) {
      assert.deepEqual(await place(conn(target)), [`${found.url}/`, "127.0.0.1"]);
    }
  });

  it("takes a router alone", async () => {
    assert.deepEqual(await place(conn(served)), ["http://localhost/", "127.0.0.1"]);
  });

  it("says what is missing, or wrong with the router", async () => {
    assert.throws(() => conn(createNode("empty")), /node empty has no endpoint/);
    assert.throws(() => conn(router(defineRoutes({ home: "/" }))), /cannot serve/);
  });

  it("makes a visitor who comes from somewhere and asks for some host", async () => {
    const visitor = conn(site({ "GET /": where }), { host: "[::1]:81", https: true, remoteAddress: "2001:db8::1" });
    assert.deepEqual(await place(visitor), ["https://[::1]:81/", "2001:db8::1"]);
  });

  it("comes to where the outside reaches the endpoint, unless told", async () => {
    const shop = site({ "GET /": where }, { url: "https://shop.example.org" });
    assert.deepEqual(await place(conn(shop)), ["https://shop.example.org/", "127.0.0.1"]);
    assert.deepEqual(await place(conn(shop, { https: false })), ["http://shop.example.org/", "127.0.0.1"]);
  });
});

describe("testEndpoint()", () => {
  const count: Plug = (served) => {
    served.session.put("count", Number(served.session.get("count") ?? 0) + 1);
    json(served, [served.session.get("count"), served.config.environment]);
  };
  const counting = router()
    .pipeline("session", [fetchSession()])
    .scope({ through: "session" }, (scope) => scope.get("/", count));

  it("serves several visitors, each with their cookies", async () => {
    const shop = testEndpoint(counting);
    const ann = await get(conn(shop), "/");
    assert.deepEqual(await place(ann), [2, "test"]);
    assert.deepEqual(await place(conn(shop)), [1, "test"]);
  });

  it("takes the options of an endpoint", async () => {
    const shop = testEndpoint(counting, {
      environment: "development",
      secretKeyBase: "s".repeat(64),
      session: { name: "own" },
    });
    const page = await get(conn(shop), "/");
    assert.deepEqual([page.body, Object.keys(page.cookies)], ['[1,"development"]', ["own"]]);
    assert.throws(() => testEndpoint(counting, { url: "nonsense" }), /option url/);
  });
});
