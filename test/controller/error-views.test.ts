import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import {
  checkErrorViews,
  type ErrorViews,
  errorPage,
  errorViewFailed,
  type FailedRequest,
  redirect,
} from "../../src/controller/index.ts";
import {
  compilePipeline,
  cspNonce,
  HttpError,
  InvalidParamsError,
  type Plug,
  putSecureBrowserHeaders,
  type ServerConfig,
} from "../../src/plug/index.ts";
import { html } from "../../src/template/index.ts";
import { serve } from "../router/serving.ts";

const views: ErrorViews = {
  html: ({ status, reason }) => html`<h1>${status}</h1><p>Sorry: ${reason}</p>`,
  json: ({ status, reason, fields }) => ({ status, title: reason, fields }),
};
const asJson = { headers: { accept: "application/json" } };
const missing: Plug = () => {
  throw new HttpError(404, "the secret <detail>");
};

function failing(t: TestContext, plug: Plug, errors: ErrorViews, changes: Partial<ServerConfig> = {}) {
  return serve(t, plug, { environment: "production", errors, onError: errorPage, ...changes });
}

describe("an application's error views", () => {
  it("stand in place of the framework's pages", async (t) => {
    const { fetch } = await failing(t, missing, views);
    const page = await fetch("/");
    assert.equal(page.status, 404);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(page.headers.get("cache-control"), "no-store");
    assert.equal(await page.text(), "<h1>404</h1><p>Sorry: Not Found</p>");
    const data = await fetch("/", asJson);
    assert.equal(data.headers.get("content-type"), "application/json; charset=utf-8");
    assert.deepEqual(await data.json(), { status: 404, title: "Not Found" });
  });

  it("stand for their own format only", async (t) => {
    const { fetch } = await failing(t, missing, { html: views.html as NonNullable<ErrorViews["html"]> });
    assert.deepEqual(await (await fetch("/", asJson)).json(), { errors: { detail: "Not Found" } });
    assert.equal(await (await fetch("/", { headers: { accept: "text/plain" } })).text(), "404 Not Found\n");
  });

  it("are told everything", async (t) => {
    const told: FailedRequest[] = [];
    const thrown = new InvalidParamsError({ email: ["is taken"] });
    const { fetch } = await failing(t, () => Promise.reject(thrown), {
      html: (request) => {
        told.push(request);
        return html`<p>${request.conn.path}</p>`;
      },
    });
    assert.equal(await (await fetch("/here")).text(), "<p>/here</p>");
    assert.deepEqual(
      told.map(({ conn: _conn, ...rest }) => rest),
      [{ status: 422, reason: "Unprocessable Entity", fields: { email: ["is taken"] }, error: thrown }],
    );
  });

  it("escape what they are given", async (t) => {
    const shown: ErrorViews = { html: ({ error }) => html`${(error as Error).message}` };
    const { fetch } = await failing(t, missing, shown);
    assert.equal(await (await fetch("/")).text(), "the secret &lt;detail&gt;");
  });

  it("may set headers, such as another content type", async (t) => {
    const problem: ErrorViews = {
      json: ({ status, reason, conn }) => {
        conn.setHeader("content-type", "application/problem+json");
        return { type: "about:blank", status, title: reason };
      },
    };
    const { fetch } = await failing(t, missing, problem);
    const answer = await fetch("/", asJson);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.deepEqual(await answer.json(), { type: "about:blank", status: 404, title: "Not Found" });
  });

  it("may answer in another way", async (t) => {
    const away = {
      html: ({ conn }: FailedRequest) => {
        redirect(conn, { to: "/login" });
        return html``;
      },
    };
    const { fetch } = await failing(t, () => Promise.reject(new HttpError(401)), away);
    assert.equal((await fetch("/")).headers.get("location"), "/login");
  });

  it("have the policy of the pipeline, or the standard one, and a nonce in either", async (t) => {
    const withNonce: ErrorViews = { html: ({ conn }) => html`<style nonce="${cspNonce(conn)}"></style>` };
    const pipeline = putSecureBrowserHeaders({ contentSecurityPolicy: { "img-src": ["https://cdn.example"] } });
    for (const plug of [missing, compilePipeline([pipeline, missing])]) {
      const { fetch } = await failing(t, plug, withNonce);
      const answer = await fetch("/");
      const policy = answer.headers.get("content-security-policy") ?? "";
      const [, nonce = "none"] = /nonce="([^"]+)"/.exec(await answer.text()) ?? [];
      assert.ok(policy.includes(`'nonce-${nonce}'`), policy);
      assert.equal(policy.includes("cdn.example"), plug !== missing);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    }
  });

  it("answer HEAD without a body", async (t) => {
    const { fetch } = await failing(t, missing, views);
    const answer = await fetch("/", { method: "HEAD" });
    assert.equal(answer.status, 404);
    assert.equal(answer.headers.get("content-length"), "35");
    assert.equal(await answer.text(), "");
  });
});

describe("in development", () => {
  it("the page that shows the error comes first", async (t) => {
    const { fetch } = await failing(t, missing, views, { environment: "development" });
    assert.match(await (await fetch("/")).text(), /the secret &lt;detail&gt;/);
  });

  it("the views do with { debug: false }", async (t) => {
    const { fetch } = await failing(t, missing, { ...views, debug: false }, { environment: "development" });
    assert.equal(await (await fetch("/")).text(), "<h1>404</h1><p>Sorry: Not Found</p>");
    const plain = await failing(t, missing, { debug: false }, { environment: "development" });
    assert.match(await (await plain.fetch("/")).text(), /<h1>404<\/h1><p>Not Found<\/p>/);
  });
});

describe("an error view that fails", () => {
  const broken: readonly (readonly [name: string, view: () => never])[] = [
    [
      "throws",
      () => {
        throw new Error("the view is broken");
      },
    ],
    [
      "throws what is no Error",
      () => {
        throw "text";
      },
    ],
    ["makes text", () => "<h1>Oh</h1>" as never],
    ["makes nothing", () => undefined as never],
    ["makes a promise", () => Promise.resolve(html``) as never],
    ["makes what no template takes", () => html`${{} as never}` as never],
  ];

  for (const [name, view] of broken) {
    it(`because it ${name}, is reported, and the plain page is sent`, async (t) => {
      const reported: { format: string; status: number; path: string; error: Error }[] = [];
      t.after(errorViewFailed.attach((report) => reported.push(report)));
      const { fetch } = await failing(t, missing, { html: view });
      const answer = await fetch("/broken");
      assert.equal(answer.status, 404);
      assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
      assert.match(answer.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
      assert.match(await answer.text(), /<h1>404<\/h1><p>Not Found<\/p>/);
      const [{ format, status, path, error } = assert.fail("nothing was reported")] = reported;
      assert.deepEqual([reported.length, format, status, path], [1, "html", 404, "/broken"]);
      assert.ok(error instanceof Error);
    });
  }

  it("leaves no trace of what it had set", async (t) => {
    const { fetch } = await failing(t, missing, {
      json: ({ conn }) => {
        conn.setHeader("content-type", "application/problem+json");
        return undefined;
      },
    });
    const answer = await fetch("/", asJson);
    assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
    assert.deepEqual(await answer.json(), { errors: { detail: "Not Found" } });
  });
});

describe("checkErrorViews", () => {
  it("takes what the option takes", () => {
    checkErrorViews({});
    checkErrorViews(views);
    checkErrorViews({ debug: false });
  });

  it("refuses anything else at start", () => {
    for (const given of [{ html: "x" }, { xml: () => html`` }, { debug: true }, { json: null }]) {
      assert.throws(() => checkErrorViews(given as never), { message: /the endpoint's option errors has "/ });
    }
  });
});
