import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { text } from "../../src/controller/index.ts";
import { HttpError } from "../../src/plug/index.ts";
import { assertErrorSent, conn, get } from "../../src/testing/index.ts";
import { site } from "./site.ts";

const visitor = conn(
  site({
    "GET /missing": async () => {
      throw new HttpError(404, "there is no such post");
    },
    "GET /chosen": (served) => text(served.putStatus(404), "not here"),
  }),
);

describe("assertErrorSent", () => {
  it("gives back the answer to what was thrown", async () => {
    const page = await assertErrorSent(404, () => get(visitor, "/missing"));
    assert.match(page.body, /Not Found/);
    assert.equal((page.error as Error).message, "there is no such post");
    await assertErrorSent(404, () => get(visitor, "/nowhere"));
  });

  it("fails for another status", async () => {
    await assert.rejects(
      assertErrorSent(500, () => get(visitor, "/missing")),
      {
        code: "ERR_ASSERTION",
        actual: 404,
        expected: 500,
        message: /answered with 500, but the answer was 404[\s\S]*no such post/,
      },
    );
  });

  it("fails for an answer that is no error", async () => {
    const request = () => get(visitor, "/chosen");
    await assert.rejects(assertErrorSent(404, request), /nothing was thrown, but the answer was 404/);
  });

  it("passes on what keeps the request from being made", async () => {
    await assert.rejects(
      assertErrorSent(404, () => get(visitor, "nowhere")),
      /is no path/,
    );
  });
});
