import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import {
  clearFlash,
  fetchFlash,
  flashOf,
  json,
  putFlash,
  redirect,
  signFlash,
  text,
  verifyFlash,
} from "../../src/controller/index.ts";
import { fetchSession, type ServerConfig, signToken } from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import {
  conn,
  get,
  jsonResponse,
  putReqCookie,
  redirectedTo,
  runPlug,
  type TestConn,
  testEndpoint,
} from "../../src/testing/index.ts";

const app = router()
  .pipeline("browser", [fetchSession(), fetchFlash()])
  .scope({ through: "browser" }, (scope) =>
    scope
      .get("/page", (served) => json(served, flashOf(served)))
      .get("/save", (served) => {
        putFlash(served, "info", "Saved.");
        redirect(served, { to: "/page" });
      })
      .get("/warn", (served) => {
        putFlash(served, "error", "But late.");
        redirect(served, { to: "/page" });
      })
      .get("/pass", (served) => redirect(served, { to: "/page" }))
      .get("/clear-info", (served) => {
        clearFlash(served, "info");
        redirect(served, { to: "/page" });
      })
      .get("/clear", (served) => {
        clearFlash(served);
        redirect(served, { to: "/page" });
      })
      .get("/put-and-show", (served) => {
        putFlash(served, "info", "Here.");
        json(served, flashOf(served));
      })
      .get("/put-proto", (served) => {
        putFlash(served, "__proto__", "x");
        text(served, JSON.stringify(flashOf(served)));
      }),
  );
const { config } = testEndpoint(app);

/** Follows the paths, all of which redirect, and the last of which shows the flash. */
async function walk(visitor: TestConn, ...paths: string[]): Promise<TestConn> {
  let page = visitor;
  for (const path of paths) {
    page = await get(page, path);
    if (path !== paths.at(-1)) redirectedTo(page);
  }
  return page;
}

const shown = (page: TestConn) => jsonResponse(page, 200);

describe("flash", () => {
  it("reaches the page after a redirect, and only that one", async () => {
    const page = await walk(conn(app), "/save", "/page");
    assert.deepEqual(shown(page), { info: "Saved." });
    assert.deepEqual(shown(await get(page, "/page")), {});
  });

  it("goes along through several redirects, and grows on the way", async () => {
    const page = await walk(conn(app), "/save", "/warn", "/pass", "/page");
    assert.deepEqual(shown(page), { info: "Saved.", error: "But late." });
    assert.deepEqual(shown(await get(page, "/page")), {});
  });

  it("is shown by the page that puts it, and is over then", async () => {
    const page = await get(conn(app), "/put-and-show");
    assert.deepEqual(shown(page), { info: "Here." });
    assert.deepEqual(shown(await get(page, "/page")), {});
  });

  it("can be cleared, a kind or all", async () => {
    const page = await walk(conn(app), "/save", "/warn", "/clear-info", "/pass", "/page");
    assert.deepEqual(shown(page), { error: "But late." });
    assert.deepEqual(shown(await walk(page, "/save", "/clear", "/page")), {});
  });

  it("writes no cookie where there are no messages", async () => {
    assert.deepEqual((await get(conn(app), "/page")).headers.getSetCookie(), []);
    assert.deepEqual((await get(conn(app), "/pass")).headers.getSetCookie(), []);
  });

  it("takes text only, since layouts print it", async () => {
    await assert.rejects(
      runPlug((served) => putFlash(served, "info", 5 as unknown as string), { flash: {} }),
      { name: "TypeError", message: /the flash message "info" is number; it must be text/ },
    );
  });

  it("takes any name for a kind", async () => {
    assert.equal((await get(conn(app), "/put-proto")).body, '{"__proto__":"x"}');
  });

  it("says what is missing where fetchFlash did not run", async () => {
    await assert.rejects(
      runPlug((served) => putFlash(served, "info", "x")),
      /fetchFlash\(\)/,
    );
    assert.deepEqual(shown(await runPlug((served) => json(served, flashOf(served)))), {});
  });
});

describe("the cookie of a view", () => {
  const cookieName = "__phoenix_flash__";
  const site = testEndpoint(app, { secretKeyBase: config.secretKeyBase });

  it("gives its messages, and is deleted", async () => {
    const visitor = conn(site, { cookies: { a: "b", [cookieName]: signFlash(config, { info: "From a view." }) } });
    const page = await get(visitor, "/page");
    assert.deepEqual(shown(page), { info: "From a view." });
    const { [cookieName]: deletion, ...others } = page.responseCookies;
    assert.deepEqual([deletion?.value, deletion?.maxAge, deletion?.path], ["", 0, "/"]);
    assert.deepEqual(others, {});
    assert.deepEqual(page.cookies, { a: "b" });
  });

  it("is laid over the messages of the session, and goes along with a redirect", async () => {
    const warned = await walk(conn(site), "/save", "/warn");
    const page = await walk(putReqCookie(warned, cookieName, signFlash(config, { info: "Newer." })), "/pass", "/page");
    assert.deepEqual(shown(page), { info: "Newer.", error: "But late." });
  });

  it("gives nothing if it is forged, but is deleted all the same", async () => {
    const forged = signFlash(
      { ...config, secretKeyBase: "another secret that is long enough to sign with" },
      { info: "x" },
    );
    for (const token of [forged, "nonsense", ""]) {
      const page = await get(putReqCookie(conn(site), cookieName, token), "/page");
      assert.deepEqual(shown(page), {});
      assert.equal(page.responseCookies[cookieName]?.maxAge, 0);
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
