import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fetchFlash, flashOf, putFlash, redirect } from "../../src/controller/index.ts";
import {
  type Conn,
  fetchSession,
  HttpError,
  type Plug,
  parseBody,
  putSecureBrowserHeaders,
} from "../../src/plug/index.ts";
import { createNode, service } from "../../src/process/index.ts";
import { htmlResponse, jsonBody, redirectedTo, runPlug, testConn } from "../../src/testing/index.ts";

const requireUser: Plug = (conn) => {
  if (conn.session.get("userId") !== undefined) return;
  putFlash(conn, "error", "Log in first.");
  redirect(conn, { to: "/login" });
  conn.halt();
};

describe("testConn()", () => {
  it("is a conn of whatever request one wants", () => {
    const conn = testConn({
      method: "post",
      path: "/posts?page=2",
      headers: { "Accept-Language": "de" },
      cookies: { theme: "dark mode" },
      host: "example.org:81",
      https: true,
      remoteAddress: "203.0.113.7",
      assigns: { locale: "en" },
      pathParams: { id: "7" },
    });
    assert.equal(conn.method, "POST");
    assert.equal(conn.requestUrl, "https://example.org:81/posts?page=2");
    assert.equal(conn.requestHeader("accept-language"), "de");
    assert.equal(conn.cookies.theme, "dark mode");
    assert.equal(conn.remoteAddress, "203.0.113.7");
    assert.deepEqual([conn.assigns.locale, { ...conn.params }], ["en", { id: "7", page: "2" }]);
    assert.deepEqual([conn.hasSession, conn.hasFlash, conn.sent], [false, false, false]);
  });

  it("has a session and a flash if it is given some", () => {
    const conn = testConn({ session: { userId: 7 }, flash: { info: "Saved." } });
    assert.equal(conn.session.get("userId"), 7);
    assert.deepEqual(flashOf(conn), { info: "Saved." });
    assert.deepEqual(testConn({ flash: {} }).session.data, {});
  });

  it("has the configuration and the services that it is given", () => {
    const prices = service<number>("prices");
    const node = createNode("shop");
    node.provide(prices, 7);
    const conn = testConn({ node, config: { url: { scheme: "https", host: "shop.example.org", port: 443 } } });
    assert.equal(conn.node.service(prices), 7);
    assert.equal(conn.requestUrl, "https://shop.example.org/");
    assert.equal(testConn().requestUrl, "http://localhost/");
    assert.equal(testConn().config.environment, "test");
  });

  it("can be answered", () => {
    const conn = testConn();
    redirect(conn, { to: "/login" });
    assert.deepEqual([conn.sent, conn.status, conn.getHeader("location")], [true, 302, "/login"]);
  });
});

describe("runPlug()", () => {
  it("says how a plug answered and whether it halted", async () => {
    const page = await runPlug(requireUser, { session: {}, flash: {} });
    assert.equal(redirectedTo(page), "/login");
    assert.deepEqual([page.halted, page.sent, page.flash], [true, true, { error: "Log in first." }]);
  });

  it("says what a plug left on the conn that did not answer", async () => {
    const page = await runPlug([requireUser, (conn) => void conn.assign({ user: "ann" })], { session: { userId: 7 } });
    assert.deepEqual([page.halted, page.sent, page.assigns.user], [false, false, "ann"]);
    assert.throws(() => page.status, /GET \/: the plug did not answer/);
    const { served } = await runPlug(putSecureBrowserHeaders());
    assert.equal(served.getHeader("x-content-type-options"), "nosniff");
  });

  it("runs several as a pipeline", async () => {
    const order: number[] = [];
    const step = (number: number) => async () => void order.push(number);
    await runPlug([step(1), step(2), (conn) => void conn.halt(), step(3)]);
    assert.deepEqual(order, [1, 2]);
  });

  it("sends a body", async () => {
    const page = await runPlug(parseBody(), { method: "PUT", path: "/?a=1", body: jsonBody({ b: 2 }) });
    assert.deepEqual({ ...page.params }, { a: "1", b: 2 });
    const form = await runPlug(parseBody(), { method: "POST", body: { photo: new File(["123"], "cat.png") } });
    assert.equal((form.params.photo as unknown as { size: number }).size, 3);
  });

  it("rejects with what a plug throws", async () => {
    const error = new HttpError(404, "there is none");
    const refuse: Plug = () => {
      throw error;
    };
    await assert.rejects(runPlug(refuse), (thrown) => thrown === error);
    const late: Plug = async () => refuse(testConn());
    await assert.rejects(runPlug([() => {}, late]), (thrown) => thrown === error);
    const large = runPlug(parseBody(), { method: "POST", body: { a: "too long" }, config: { maxBodyBytes: 5 } });
    await assert.rejects(large, { status: 413 });
  });

  it("runs what comes before an answer, and waits for it", async () => {
    const answer = async (conn: Conn) => {
      conn.beforeSend(async (sending) => {
        await new Promise((resolve) => setImmediate(resolve));
        sending.setHeader("x-late", "1");
      });
      conn.session.put("userId", 7);
      conn.setHeader("content-type", "text/html").send(200, "<p>hello</p>");
    };
    const page = await runPlug([fetchSession(), fetchFlash(), answer]);
    assert.equal(htmlResponse(page, 200), "<p>hello</p>");
    assert.equal(page.headers.get("x-late"), "1");
    assert.deepEqual(Object.keys(page.cookies), ["_anqa_key"]);
  });

  it("rejects when an answer is broken off", async () => {
    const rows = async function* () {
      yield "one";
      throw new Error("no second row");
    };
    await assert.rejects(
      runPlug((conn) => conn.sendStream(200, rows())),
      /no second row/,
    );
  });
});
