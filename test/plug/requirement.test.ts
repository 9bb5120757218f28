import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { requirement } from "../../src/plug/index.ts";

describe("requirement", () => {
  it("is a name and how a session leads to its value", () => {
    const user = requirement("currentUser", (session) => session.get("userId"));
    assert.equal(user.name, "currentUser");
    assert.equal(user.load({ get: (key) => `the ${key}` }, { node: {} as never }), "the userId");
    assert.ok(Object.isFrozen(user));
  });

  for (const name of ["", "current user", "current-user", "1st", "flash", "liveAction", "__proto__"]) {
    it(`cannot be called ${JSON.stringify(name)}`, () => {
      assert.throws(() => requirement(name, () => 1), {
        message: /stands among the assigns; write it like "currentUser"/,
      });
    });
  }
});
