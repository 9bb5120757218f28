import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { redirect, text } from "../../src/controller/index.ts";
import { HttpError } from "../../src/plug/index.ts";
import { conn, get, htmlResponse, redirectedTo, response, runPlug } from "../../src/testing/index.ts";
import { messageOf, site } from "./site.ts";

function brokenAction(): void {
  throw new TypeError("user is undefined", { cause: new RangeError("what lay below") });
}

const style = `<style>${"body { color: red }\n".repeat(100)}</style><script>${"x;".repeat(900)}</script>`;
const visitor = conn(
  site({
    "GET /broken": brokenAction,
    "GET /missing": () => {
      throw new HttpError(404, "there is no such post");
    },
    "GET /odd": () => {
      throw { status: 418 };
    },
    "GET /away": (served) => redirect(served, { to: "/login?from=%2Faway" }),
    "GET /long": (served) => text(served, "0123456789".repeat(100)),
    "GET /page": (served) => served.send(200, `<head>${style}</head>\n\n\n<p>hello</p>`),
    "GET /bytes": (served) => served.send(200, Buffer.from([0, 1, 255])),
    "GET /empty": (served) => served.send(204, ""),
  }),
);

const reportOf = async (path: string) => {
  const page = await get(visitor, path);
  return messageOf(() => response(page, 599));
};

describe("the message of an assertion that fails", () => {
  it("shows a mistake of the application with its stack and cause, and none of our own calls", async () => {
    const report = await reportOf("/broken");
    assert.match(
      report,
      /^GET \/broken was to be answered with 599, but the answer was 500 \(text\/html; charset=utf-8\)\n/,
    );
    assert.match(
      report,
      /the application failed: TypeError: user is undefined\n\s+at .*brokenAction .*failure-report\.test\.ts:\d+/,
    );
    assert.match(report, /\n\s+Caused by: RangeError: what lay below\n/);
    assert.doesNotMatch(report, /src\/testing|light-my-request/);
  });

  it("shows why a request was refused, in a line", async () => {
    const report = await reportOf("/missing");
    assert.match(report, /\n {2}because of HttpError: there is no such post\n/);
    assert.doesNotMatch(report, /\n\s+at /);
  });

  it("shows what was thrown, be it an error or not", async () => {
    assert.match(await reportOf("/odd"), /the application failed: it threw \{"status":418\}\n/);
  });

  it("shows where a redirect leads, and who made it", async () => {
    const report = await reportOf("/away");
    assert.match(
      report,
      /but the answer was 302 .*\n {2}location: \/login\?from=%2Faway\n {2}served by: .* for GET \/away\n/,
    );
  });

  it("shows the beginning of the body, as far as people can read it", async () => {
    assert.match(await reportOf("/long"), /body: (?:0123456789){60}… \(1000 bytes\)$/);
    assert.match(await reportOf("/page"), /body: <head><\/head>\n\s+<p>hello<\/p>$/);
    assert.match(await reportOf("/bytes"), /body: 3 bytes that are no text$/);
    assert.match(await reportOf("/empty"), /without a body$/);
  });

  it("says that no request was made, or that a plug did not answer", async () => {
    assert.match(
      messageOf(() => htmlResponse(visitor, 200)),
      /^no request was made yet: assign what get\(\)/,
    );
    const page = await runPlug((served) => void served.halt(), { path: "/a" });
    assert.match(
      messageOf(() => redirectedTo(page)),
      /^GET \/a was to be answered with 302, but the plug did not answer, although it halted$/,
    );
  });
});
