import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import { decodeQuery, HttpError, InvalidParamsError, validate } from "../../src/plug/index.ts";

const Order = z.object({
  email: z.email(),
  lines: z.array(z.object({ item: z.string().min(2), count: z.coerce.number().int().positive() })).default([]),
});

describe("validate", () => {
  it("gives what the schema makes of the params", () => {
    assert.deepEqual(validate(Order, decodeQuery("email=ann@example.org&other=1")), {
      email: "ann@example.org",
      lines: [],
    });
  });

  it("throws the errors of each field, by its path", () => {
    const params = {
      email: "nobody",
      lines: [
        { item: "tea", count: "1" },
        { item: "", count: "0" },
      ],
    };
    assert.throws(
      () => validate(Order, params),
      (error) => {
        assert.ok(error instanceof InvalidParamsError && error instanceof HttpError);
        assert.equal(error.status, 422);
        assert.deepEqual(Object.keys(error.errors), ["email", "lines.1.item", "lines.1.count"]);
        assert.match(
          error.message,
          /^the params are not what their schema asks for: email: Invalid .*; lines\.1\.item: /,
        );
        assert.doesNotMatch(error.message, /nobody/, "values may be secrets");
        return true;
      },
    );
  });

  it("keeps several sentences about one field together, and those about the whole apart", () => {
    const error = errorOf(
      z
        .object({ password: z.string().min(8).regex(/\d/) })
        .refine(() => false, { message: "passwords differ", when: () => true }),
      { password: "short" },
    );
    assert.equal(error.errors.password?.length, 2);
    assert.deepEqual(error.errors.base, ["passwords differ"]);
  });

  it("takes paths in all forms of the standard, and any name of a field", () => {
    const schema = refusing([
      { message: "a", path: ["user", { key: "name" }] },
      { message: "b", path: [Symbol("hidden")] },
      { message: "c", path: ["__proto__"] },
      { message: "d", path: ["constructor"] },
      { message: "e", path: [] },
      { message: "f" },
    ]);
    const { errors } = errorOf(schema, {});
    assert.deepEqual(
      { ...errors },
      { "user.name": ["a"], "Symbol(hidden)": ["b"], ["__proto__"]: ["c"], constructor: ["d"], base: ["e", "f"] },
    );
    assert.equal(({} as { c?: unknown }).c, undefined);
  });

  it("waits for a schema that is asynchronous", async () => {
    const Free = z.object({ name: z.string().refine(async (name) => name !== "taken", "is taken") });
    assert.deepEqual(await validate(Free, { name: "new" }), { name: "new" });
    await assert.rejects(async () => validate(Free, { name: "taken" }), {
      status: 422,
      errors: errorsWith("name", "is taken"),
    });
  });

  it("passes on what a schema throws", () => {
    const broken = refusing([]);
    const failing = {
      "~standard": {
        ...broken["~standard"],
        validate: () => {
          throw new RangeError("a bug");
        },
      },
    };
    assert.throws(() => validate(failing as StandardSchemaV1, {}), RangeError);
  });
});

function errorOf(schema: StandardSchemaV1, params: unknown): InvalidParamsError {
  try {
    validate(schema, params);
  } catch (error) {
    assert.ok(error instanceof InvalidParamsError);
    return error;
  }
  return assert.fail("it was accepted");
}

function refusing(issues: readonly StandardSchemaV1.Issue[]): StandardSchemaV1 {
  return { "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) } };
}

function errorsWith(field: string, sentence: string): object {
  return Object.assign(Object.create(null), { [field]: [sentence] });
}
