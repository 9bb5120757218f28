import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Session, type SessionData } from "../../src/plug/index.ts";

test("what is put is got, until it is deleted", () => {
  const session = new Session({ a: 1 });
  session.put("b", { deep: [2] });
  assert.deepEqual(session.get("b"), { deep: [2] });
  assert.deepEqual(session.data, { a: 1, b: { deep: [2] } });
  session.delete("a");
  assert.equal(session.get("a"), undefined);
  assert.deepEqual(session.data, { b: { deep: [2] } });
});

test("it counts as changed once something was put, deleted, cleared, renewed or dropped", () => {
  const changes: ((session: Session) => void)[] = [
    (session) => session.put("a", 1),
    (session) => session.delete("a"),
    (session) => session.clear(),
    (session) => session.renew(),
    (session) => session.drop(),
  ];
  for (const change of changes) {
    const session = new Session({ a: 1 });
    assert.equal(session.changed, false);
    change(session);
    assert.equal(session.changed, true, String(change));
  }
});

test("deleting what is not there, and clearing what is empty, change nothing", () => {
  const session = new Session({});
  session.delete("a");
  session.clear();
  assert.equal(session.changed, false);
});

test("data that was read stays as it was when something is put later", () => {
  const session = new Session({ a: 1 });
  const before = session.data;
  session.put("a", 2);
  assert.deepEqual(before, { a: 1 });
});

test("what objects inherit is not in a session", () => {
  const session = new Session({});
  for (const key of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    assert.equal(session.get(key), undefined);
  }
});

test("a key that is called __proto__ is only a key", () => {
  const session = new Session(JSON.parse('{"__proto__":{"admin":true}}') as SessionData);
  session.put("constructor", { prototype: { admin: true } });
  session.put("__proto__", { admin: true });
  assert.equal((session.data as { admin?: boolean }).admin, undefined);
  assert.equal(Object.getPrototypeOf(session.data), Object.prototype);
  assert.equal(({} as { admin?: boolean }).admin, undefined);
  const applied = session.applyTo(JSON.parse('{"__proto__":{"x":1},"a":1}') as SessionData);
  assert.equal(
    JSON.stringify(applied),
    '{"a":1,"constructor":{"prototype":{"admin":true}},"__proto__":{"admin":true}}',
  );
  assert.equal(Object.getPrototypeOf(applied), Object.prototype);
});

test("renewing keeps what it holds but the CSRF secret", () => {
  const session = new Session({ user: 7, _csrf_token: "secret" });
  session.renew();
  assert.deepEqual(session.data, { user: 7 });
  assert.equal(session.renewed, true);
});

test("clearing forgets everything, the identity too", () => {
  const session = new Session({ user: 7 });
  session.clear();
  session.put("goodbye", true);
  assert.deepEqual(session.data, { goodbye: true });
  assert.equal(session.renewed, true);
});

test("dropping is for good, whatever is put afterwards", () => {
  const session = new Session({ user: 7 });
  session.drop();
  session.put("user", 8);
  assert.equal(session.fate, "dropped");
});

test("ignoring empties it for this request", () => {
  const session = new Session({ user: 7 });
  session.ignore();
  assert.deepEqual(session.data, {});
  session.put("user", 8);
  assert.equal(session.get("user"), 8);
  assert.equal(session.fate, "ignored");
});

test("changes apply to what others have made of the data meanwhile", () => {
  const session = new Session({ a: 1, b: 1, c: 1 });
  session.put("a", 2);
  session.delete("b");
  assert.deepEqual(session.applyTo({ a: 9, b: 9, c: 9, d: 9 }), { a: 2, c: 9, d: 9 });
  session.clear();
  session.put("e", 1);
  assert.deepEqual(session.applyTo({ a: 9, d: 9 }), { e: 1 });
});

test("applied to what was read, any changes give what the session holds", () => {
  const key = fc.constantFrom("a", "b", "c", "__proto__", "constructor");
  const step = fc.oneof(
    fc.tuple(fc.constant("put" as const), key, fc.integer()),
    fc.tuple(fc.constant("delete" as const), key),
    fc.tuple(fc.constant("clear" as const)),
    fc.tuple(fc.constant("renew" as const)),
  );
  fc.assert(
    fc.property(fc.dictionary(key, fc.integer()), fc.array(step), (data, steps) => {
      const session = new Session(data);
      for (const [action, name, value] of steps) {
        if (action === "put") session.put(name, value);
        else if (action === "delete") session.delete(name);
        else session[action]();
      }
      assert.deepEqual({ ...session.applyTo(data) }, { ...session.data });
      if (!session.changed) assert.deepEqual({ ...session.data }, { ...data });
    }),
  );
});
