import assert from "node:assert/strict";
import { STATUS_CODES } from "node:http";
import { describe, it } from "node:test";
import { putStatus, type Status, text } from "../../src/controller/index.ts";
import { statusCode } from "../../src/controller/status.ts";
import { runPlug, testConn } from "../../src/testing/index.ts";

describe("putStatus", () => {
  it("takes numbers and names", async () => {
    const answered = async (status: Status) => {
      const page = await runPlug((conn) => {
        putStatus(conn, status);
        text(conn, "");
      });
      return page.status;
    };
    assert.equal(await answered(201), 201);
    assert.equal(await answered("not_found"), 404);
    assert.equal(await answered("too_many_requests"), 429);
  });

  it("refuses what is no status", () => {
    for (const status of ["not found", "toString", "__proto__", 99, 600, 200.5, Number.NaN]) {
      assert.throws(() => putStatus(testConn(), status as Status), /HTTP status/, String(status));
    }
  });
});

describe("the names of statuses", () => {
  it("are those of RFC 9110 and its registry, as Node knows them", () => {
    const names = Object.entries(STATUS_CODES).map(
      ([code, phrase = ""]) => [Number(code), phrase.toLowerCase().replaceAll("'", "").replace(/[ -]/g, "_")] as const,
    );
    const renamed: Readonly<Record<number, string>> = { 413: "content_too_large", 509: "", 421: "misdirected_request" };
    for (const [code, name] of names) {
      if (code < 200 || code === 305 || code === 509) continue;
      assert.equal(statusCode((renamed[code] ?? name) as Status), code, name);
    }
  });
});
