import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeQuery, filterParams, type Params, Upload } from "../../src/plug/index.ts";

test("passwords, tokens and secrets are filtered, whatever contains these words and at any depth", () => {
  const params = decodeQuery(
    "id=7&password=a&user[name]=Zoe&user[Password_Confirmation]=b&apiToken=c&list[][CLIENT-SECRET]=d",
  );
  params._csrf_token = "e";
  assert.deepEqual(JSON.parse(JSON.stringify(filterParams(params))), {
    id: "7",
    password: "[FILTERED]",
    user: { name: "Zoe", Password_Confirmation: "[FILTERED]" },
    apiToken: "[FILTERED]",
    list: [{ "CLIENT-SECRET": "[FILTERED]" }],
    _csrf_token: "[FILTERED]",
  });
});

test("whatever stands there is filtered, not only texts", () => {
  const params = { token: { a: 1 }, secrets: [1, 2], password: null } as unknown as Params;
  assert.deepEqual({ ...filterParams(params) }, { token: "[FILTERED]", secrets: "[FILTERED]", password: "[FILTERED]" });
});

test("more words can be named, in any case; the first three stay", () => {
  const params: Params = { IBAN: "a", my_iban_2: "b", password: "c", name: "d" };
  assert.deepEqual(
    { ...filterParams(params, ["Iban"]) },
    { IBAN: "[FILTERED]", my_iban_2: "[FILTERED]", password: "[FILTERED]", name: "d" },
  );
});

test("other values stay what they are, uploads too, and the params themselves are left alone", () => {
  const photo = new Upload({ path: "p", filename: "a.png", contentType: "image/png", size: 1 });
  const params: Params = { n: 1, yes: true, nothing: null, photo, list: ["a", ["b"]], password: "x" };
  const filtered = filterParams(params);
  assert.equal(filtered.photo, photo);
  assert.deepEqual({ ...filtered }, { ...params, password: "[FILTERED]" });
  assert.equal(params.password, "x");
});

test("keys such as __proto__ are keys like any other", () => {
  const filtered = filterParams(decodeQuery("__proto__=a&constructor=b&__proto__secret=c"));
  assert.equal(Object.getPrototypeOf(filtered), null);
  assert.deepEqual(Object.entries(filtered), [
    ["__proto__", "a"],
    ["constructor", "b"],
    ["__proto__secret", "[FILTERED]"],
  ]);
});

test("an empty word would filter everything and is refused", () => {
  assert.throws(() => filterParams({}, [""]), /"" cannot be filtered/);
});

test("property: nothing that stood under a filtered key is left", () => {
  const secret = "THE-HIDDEN-VALUE";
  const key = fc.oneof(fc.string(), fc.constantFrom("password", "user_token", "SECRET_key"));
  const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.array(tie("value"), { maxLength: 3 }),
      tie("object"),
    ),
    object: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, value), (params) => {
      const hide = (each: unknown, hidden: boolean): unknown => {
        if (Array.isArray(each)) return each.map((item) => hide(item, hidden));
        if (typeof each !== "object" || each === null) return hidden ? secret : each;
        return Object.fromEntries(
          Object.entries(each).map(([name, item]) => [name, hide(item, hidden || /password|token|secret/i.test(name))]),
        );
      };
      assert.ok(!JSON.stringify(filterParams(hide(params, false) as Params)).includes(secret));
    }),
  );
});
