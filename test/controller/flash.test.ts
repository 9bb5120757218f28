import assert from "node:assert/strict";
import { describe, it, mock, type TestContext } from "node:test";
import {
  fetchFlash,
  flashOf,
  json,
  putFlash,
  redirect,
  signFlash,
  text,
  verifyFlash,
} from "../../src/controller/index.ts";
import { type Conn, compilePipeline, fetchSession, type ServerConfig, signToken } from "../../src/plug/index.ts";
import { serve } from "../router/serving.ts";

describe("flash", () => {
  it("reaches the page after a redirect, and only that one", async (t) => {
    const browser = await visit(t);
    await browser("/save");
    assert.deepEqual(await browser("/page"), { info: "Saved." });
    assert.deepEqual(await browser("/page"), {});
  });

  it("goes along through several redirects, and grows on the way", async (t) => {
    const browser = await visit(t);
    await browser("/save");
    await browser("/warn");
    await browser("/pass");
    assert.deepEqual(await browser("/page"), { info: "Saved.", error: "But late." });
    assert.deepEqual(await browser("/page"), {});
  });

  it("is shown by the page that puts it, and is over then", async (t) => {
    const browser = await visit(t);
    assert.deepEqual(await browser("/put-and-show"), { info: "Here." });
    assert.deepEqual(await browser("/page"), {});
  });

  it("can be cleared, a kind or all", async (t) => {
    const browser = await visit(t);
    await browser("/save");
    await browser("/warn");
    await browser("/clear-info");
    await browser("/pass");
    assert.deepEqual(await browser("/page"), { error: "But late." });
    await browser("/save");
    await browser("/clear");
    assert.deepEqual(await browser("/page"), {});
  });

  it("writes no cookie where there are no messages", async (t) => {
    const { fetch } = await serve(t, app);
    assert.deepEqual((await fetch("/page")).headers.getSetCookie(), []);
    assert.deepEqual((await fetch("/pass")).headers.getSetCookie(), []);
  });

  it("takes text only, since layouts print it", async (t) => {
    const { fetch } = await serve(t, app);
    assert.match(await (await fetch("/put-number")).text(), /the flash message "info" is number; it must be text/);
  });

  it("takes any name for a kind", async (t) => {
    const { fetch } = await serve(t, app);
    assert.equal(await (await fetch("/put-proto")).text(), '{"__proto__":"x"}');
  });

  it("says what is missing where fetchFlash did not run", async (t) => {
    const { fetch } = await serve(t, (conn) =>
      conn.path === "/put" ? putFlash(conn, "info", "x") : json(conn, flashOf(conn)),
    );
    assert.match(await (await fetch("/put")).text(), /fetchFlash\(\)/);
    assert.deepEqual(await (await fetch("/read")).json(), {});
  });
});

describe("the cookie of a view", () => {
  it("gives its messages, and is deleted", async (t) => {
    const { fetch, config } = await serve(t, app);
    const cookie = `a=b; __phoenix_flash__=${signFlash(config, { info: "From a view." })}`;
    const answer = await fetch("/page", { headers: { cookie } });
    assert.deepEqual(await answer.json(), { info: "From a view." });
    const [deletion, ...others] = answer.headers.getSetCookie();
    assert.match(deletion ?? "", /^__phoenix_flash__=; .*Max-Age=0/);
    assert.match(deletion ?? "", /Path=\//);
    assert.deepEqual(others, []);
  });

  it("is laid over the messages of the session, and goes along with a redirect", async (t) => {
    const browser = await visit(t);
    await browser("/save");
    await browser("/warn");
    await browser("/pass", (config) => ({ __phoenix_flash__: signFlash(config, { info: "Newer." }) }));
    assert.deepEqual(await browser("/page"), { info: "Newer.", error: "But late." });
  });

  it("gives nothing if it is forged, but is deleted all the same", async (t) => {
    const { fetch, config } = await serve(t, app);
    const forged = signFlash(
      { ...config, secretKeyBase: "another secret that is long enough to sign with" },
      { info: "x" },
    );
    for (const token of [forged, "nonsense", ""]) {
      const answer = await fetch("/page", { headers: { cookie: `__phoenix_flash__=${token}` } });
      assert.deepEqual(await answer.json(), {});
      assert.match(answer.headers.getSetCookie()[0] ?? "", /^__phoenix_flash__=;/);
    }
  });
});

describe("signFlash and verifyFlash", () => {
  const config = { secretKeyBase: "a secret that is long enough to be used in a test" } as ServerConfig;

  it("bring messages through", () => {
    assert.deepEqual(verifyFlash(config, signFlash(config, { info: "ü" })), { info: "ü" });
  });

  it("accept a token for 60 seconds", (t) => {
    mock.timers.enable({ apis: ["Date"], now: 1_000_000_000 });
    t.after(() => mock.timers.reset());
    const token = signFlash(config, { info: "x" });
    mock.timers.setTime(1_000_060_000);
    assert.deepEqual(verifyFlash(config, token), { info: "x" });
    mock.timers.setTime(1_000_061_000);
    assert.deepEqual(verifyFlash(config, token), {});
  });

  it("do not take tokens that were signed for something else", () => {
    assert.deepEqual(verifyFlash(config, signToken(config, "something else", { info: "x" })), {});
  });
});

const app = compilePipeline([
  fetchSession(),
  fetchFlash(),
  (conn: Conn) => {
    switch (conn.path) {
      case "/save":
        putFlash(conn, "info", "Saved.");
        return redirect(conn, { to: "/page" });
      case "/warn":
        putFlash(conn, "error", "But late.");
        return redirect(conn, { to: "/page" });
      case "/pass":
        return redirect(conn, { to: "/page" });
      case "/clear-info":
        conn.flash.clear("info");
        return redirect(conn, { to: "/page" });
      case "/clear":
        conn.flash.clear();
        return redirect(conn, { to: "/page" });
      case "/put-and-show":
        putFlash(conn, "info", "Here.");
        return json(conn, flashOf(conn));
      case "/put-number":
        return putFlash(conn, "info", 5 as unknown as string);
      case "/put-proto":
        putFlash(conn, "__proto__", "x");
        return text(conn, JSON.stringify(flashOf(conn)));
      default:
        return json(conn, flashOf(conn));
    }
  },
]);

/** A browser: keeps its cookies from request to request, and reads JSON. */
async function visit(t: TestContext) {
  const { fetch, config } = await serve(t, app);
  const jar = new Map<string, string>();
  return async (path: string, extraCookies: (config: ServerConfig) => Record<string, string> = () => ({})) => {
    const cookies = [...jar, ...Object.entries(extraCookies(config))].map(([name, value]) => `${name}=${value}`);
    const answer = await fetch(path, { headers: { cookie: cookies.join("; ") } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = line.match(/^([^=]+)=([^;]*)/) ?? [];
      if (/Max-Age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer.status === 302 ? undefined : answer.json();
  };
}
