/** What runs in each thread of the pool: takes one order after the other. */
import { type MessagePort, parentPort, receiveMessageOnPort, type Transferable } from "node:worker_threads";
import { describeError } from "./described-error.ts";
import type { Order, Report } from "./protocol.ts";

const orders = parentPort as MessagePort;

orders.on("message", async (order: Order) => {
  const transfer: Transferable[] = [];
  try {
    const value = await carryOut(order, transfer);
    report({ kind: "done", value }, transfer);
  } catch (thrown) {
    report({ kind: "failed", error: describeError(thrown) });
  }
});

report({ kind: "ready" });

async function carryOut(order: Order, transfer: Transferable[]): Promise<unknown> {
  const given: unknown = receiveMessageOnPort(order.argument)?.message;
  order.argument.close();
  const loaded: Record<string, unknown> = await import(order.module);
  const run = loaded[order.export];
  if (typeof run !== "function") {
    throw new TypeError(
      `${order.module} exports no function "${order.export}", but: ${Object.keys(loaded).join(", ") || "nothing"}`,
    );
  }
  return run(given, {
    transfer(value: unknown, objects: readonly Transferable[]) {
      transfer.push(...objects);
      return value;
    },
  });
}

function report(said: Report, transfer: Transferable[] = []): void {
  orders.postMessage(said, transfer);
}
