import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { fetchFlash, putRootLayout, redirect, text } from "../../src/controller/index.ts";
import { html, joinRefused, type LiveView, liveView } from "../../src/live/index.ts";
import { csrfToken, fetchSession, HttpError, provide, requirement } from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { Browser, record, serve, type TestServer } from "./support.ts";

interface User {
  readonly name: string;
}

/** Who may come in; loaded at once or later, so that views are mounted in both ways. */
class Doors {
  readonly users = new Map<unknown, User>([
    ["1", { name: "Ann" }],
    ["2", { name: "Bob" }],
  ]);
  loads = 0;
  failure: Error | undefined;

  readonly currentUser = requirement("currentUser", (session) => this.#find(session.get("userId")));
  readonly lateUser = requirement("currentUser", async (session) => {
    await null;
    return this.#find(session.get("userId"));
  });
  readonly tone = requirement("tone", async () => "calm" as const);

  #find(id: unknown): User | undefined {
    this.loads++;
    if (this.failure !== undefined) throw this.failure;
    return this.users.get(id);
  }
}

for (const kind of ["currentUser", "lateUser"] as const) {
  describe(`a view that requires something (${kind === "currentUser" ? "loaded at once" : "loaded later"})`, () => {
    it("has it among its assigns from the start, in the page and when it is connected", async (t) => {
      const doors = new Doors();
      const view = liveView("greeting")
        .requires(doors[kind])
        .mount((_params, _session, socket) => {
          const { name } = socket.assigns.currentUser;
          return socket.assign({ greeting: `Hello ${name}`, connected: socket.connected });
        })
        .event("shout", (_params, socket) => socket.assign({ greeting: `HELLO ${socket.assigns.currentUser.name}` }))
        .render(({ greeting, currentUser }) => html`<p>${greeting}, ${currentUser.name}</p>`);
      const { browser } = await site(t, doors, view);
      const client = await (await browser.get("/log-in/1")).open(t, "/view");
      assert.match(browser.body, /<p>Hello Ann, Ann<\/p>/);
      assert.equal(doors.loads, 2, "once for the page, once for the connection");
      const answer = await client.event("shout");
      assert.deepEqual(answer.response, { diff: { 0: "HELLO Ann" } });
    });

    it("leaves visitors without it to its pipeline", async (t) => {
      const doors = new Doors();
      const { browser } = await site(t, doors, plain(doors[kind]));
      await browser.get("/view");
      assert.deepEqual([browser.status, browser.location], [302, "/log-in"]);
    });

    it("is not joined by a browser whose session does not give it any more: it loads the page again", async (t) => {
      const doors = new Doors();
      const { browser, server } = await site(t, doors, plain(doors[kind]));
      const refusals = record(t, joinRefused);
      await (await browser.get("/log-in/1")).get("/view");
      const client = await browser.connect(t);
      doors.users.delete("1");
      assert.deepEqual(await client.join(), { status: "error", response: { reason: "unauthorized" } });
      assert.deepEqual(
        refusals.filter(({ node }) => node === server.node.name).map(({ reason }) => reason),
        ['unauthorized: the session does not give "currentUser", which the view "plain" requires'],
      );
      await browser.get("/view");
      assert.deepEqual([browser.status, browser.location], [302, "/log-in"]);
    });

    it("is loaded with what the session says now, not with what the page was rendered with", async (t) => {
      const doors = new Doors();
      const { browser } = await site(t, doors, plain(doors[kind]));
      await (await browser.get("/log-in/1")).get("/view");
      doors.users.set("1", { name: "Ann Lee" });
      const client = await browser.connect(t);
      const { response } = await client.join();
      assert.equal((response.rendered as Record<string, unknown>)[0], "Ann Lee");
    });

    it("crashes alone where loading fails, so that the browser tries again", async (t) => {
      const doors = new Doors();
      const { browser } = await site(t, doors, plain(doors[kind]));
      await (await browser.get("/log-in/1")).get("/view");
      const client = await browser.connect(t);
      doors.failure = new Error("the database is away");
      const { status, response } = await client.join();
      assert.deepEqual([status, response], ["error", { reason: "join crashed" }]);
      doors.failure = undefined;
      assert.equal((await client.join({}, "5")).status, "ok");
    });

    it("sends the browser to the page of an error's status", async (t) => {
      const doors = new Doors();
      const { browser } = await site(t, doors, plain(doors[kind]));
      await (await browser.get("/log-in/1")).get("/view");
      const client = await browser.connect(t);
      doors.failure = new HttpError(410, "the account was closed");
      const { response } = await client.join();
      assert.deepEqual([response.reason, response.status], ["reload", 410]);
    });

    it("is loaded for a navigation as well, within a live session that was joined without it", async (t) => {
      const doors = new Doors();
      const open = liveView("open").render(() => html`<p>open</p>`);
      const closed = plain(doors[kind]);
      const served = router()
        .pipeline("browser", pages)
        .pipeline("users", [provide(doors[kind])])
        .scope({ through: "browser" }, (scope) =>
          scope.liveSession("all", (all) =>
            all
              .live("/open", open)
              // The types know only that the pipeline of one of both is meant.
              .scope({ through: "users" }, (users) => users.live("/closed", closed as LiveView)),
          ),
        );
      const server = await serve(t, served);
      const browser = await new Browser(server).get("/open");
      const client = await browser.connect(t);
      assert.equal((await client.join()).status, "ok");
      client.send("9", "phx_leave", {});
      await client.next();
      await client.next();
      const answer = await client.join({ url: undefined, redirect: `${server.url}/closed` }, "10");
      assert.deepEqual(answer, { status: "error", response: { reason: "unauthorized" } });
    });
  });
}

describe("a view that requires several things", () => {
  it("has them all", async (t) => {
    const doors = new Doors();
    const view = liveView("several")
      .requires(doors.currentUser, doors.tone)
      .render(({ currentUser, tone }) => html`<p>${currentUser.name} is ${tone}</p>`);
    const { browser } = await site(t, doors, view);
    const client = await (await browser.get("/log-in/2")).open(t, "/view");
    assert.match(browser.body, /<p>Bob is calm<\/p>/);
    assert.deepEqual(await client.heardUntilNow(), []);
  });

  it("cannot have two of one name", () => {
    const doors = new Doors();
    assert.throws(() => liveView("twice").requires(doors.currentUser).requires(doors.lateUser), {
      message: 'liveView("twice") requires "currentUser" twice',
    });
  });
});

describe("a router", () => {
  it("does not start with a view whose route does not provide what it requires", () => {
    const view = plain(new Doors().currentUser) as LiveView;
    const served = router()
      .pipeline("browser", pages)
      .scope({ through: "browser" }, (scope) => scope.live("/view", view));
    assert.throws(() => served.check(), {
      message:
        /GET \/view \(.*requires\.test\.ts:\d+\) leads to "live plain", which requires "currentUser", but none of its pipelines \(browser\)/,
    });
  });
});

const pages = [
  fetchSession(),
  fetchFlash(),
  putRootLayout(({ inner, csrfToken }) => html`<meta name="csrf-token" content="${csrfToken}">${inner}`),
] as const;

function plain(required: Doors["currentUser"]) {
  return liveView("plain")
    .requires(required)
    .render(({ currentUser }) => html`<p>${currentUser.name}</p>`);
}

/** A site whose `/view` goes through a pipeline that provides what the view requires. */
async function site(
  t: TestContext,
  doors: Doors,
  view: LiveView<{ readonly currentUser: User }> | LiveView<{ readonly currentUser: User; readonly tone: "calm" }>,
): Promise<{ readonly server: TestServer; readonly browser: Browser }> {
  const [required] = view.requirements;
  const otherwise = { otherwise: (conn: Parameters<typeof redirect>[0]) => redirect(conn, { to: "/log-in" }) };
  const served = router()
    .pipeline("browser", pages)
    .pipeline("users", [provide(required as typeof doors.currentUser, otherwise), provide(doors.tone)])
    .scope({ through: "browser" }, (scope) =>
      scope
        .get("/log-in", (conn) => text(conn, csrfToken(conn)))
        .get("/log-in/:id", (conn, { id }) => {
          conn.session.put("userId", id);
          text(conn, "welcome");
        })
        .scope({ through: "users" }, (users) => users.live("/view", view)),
    );
  const server = await serve(t, served);
  return { server, browser: new Browser(server) };
}
