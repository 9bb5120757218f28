import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Connection } from "../../src/channel/connection.ts";
import { MountState } from "../../src/channel/mount-state.ts";
import type { Endpoint } from "../../src/endpoint/index.ts";
import { createNode } from "../../src/process/index.ts";

const limits = { maxChannels: 1, maxBufferedBytes: 1, idleTimeout: 60_000, drainBatch: 2, drainInterval: 1_000 };

/** A mount with connections that only note that they were closed. */
function mountWith(count: number) {
  const node = createNode("batches");
  const closed: number[] = [];
  const state = new MountState(
    { node } as unknown as Endpoint,
    node.spawn("mount", () => ({ receive() {} })),
    "/socket",
    [],
    limits,
  );
  for (let number = 0; number < count; number++) {
    const connection: Partial<Connection> = {
      close(code) {
        assert.equal(code, 1012);
        closed.push(number);
        state.remove(connection as Connection);
      },
      drop: () => state.remove(connection as Connection),
    };
    state.add(connection as Connection);
  }
  return { state, closed };
}

describe("a mount that drains", () => {
  test("closes its connections in batches (PROTOCOL section 8)", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const { state, closed } = mountWith(5);
    const drained = state.drain();
    assert.deepEqual(closed, [0, 1]);
    t.mock.timers.tick(999);
    assert.deepEqual(closed, [0, 1]);
    t.mock.timers.tick(1);
    assert.deepEqual(closed, [0, 1, 2, 3]);
    t.mock.timers.tick(1_000);
    await drained;
    assert.deepEqual(closed, [0, 1, 2, 3, 4]);
  });

  test("closes none after it was given up", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const { state, closed } = mountWith(5);
    state.drain();
    state.abandon();
    t.mock.timers.tick(10_000);
    assert.deepEqual(closed, [0, 1]);
  });
});
