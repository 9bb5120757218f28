/** What runs in each thread of the pool: takes one order after the other. */
import { type MessagePort, parentPort, receiveMessageOnPort, type Transferable } from "node:worker_threads";
import { fromBytes, toBytes } from "./bytes.ts";
import { describeError } from "./described-error.ts";
import type { Order, Report } from "./protocol.ts";

const orders = parentPort as MessagePort;

orders.on("message", async (order: Order) => {
  const transfer: Transferable[] = [];
  try {
    const value = await carryOut(order, transfer);
    if (order.argument instanceof Uint8Array) {
      const bytes = toBytes(value);
      report({ kind: "done", value: bytes }, [bytes.buffer]);
    } else report({ kind: "done", value }, transfer);
  } catch (thrown) {
    report({ kind: "failed", error: describeError(thrown) });
  }
});

report({ kind: "ready" });

async function carryOut(order: Order, transfer: Transferable[]): Promise<unknown> {
  const given = argumentOf(order);
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

function argumentOf({ argument }: Order): unknown {
  if (argument instanceof Uint8Array) return fromBytes(argument);
  const given: unknown = receiveMessageOnPort(argument)?.message;
  argument.close();
  return given;
}

function report(said: Report, transfer: Transferable[] = []): void {
  orders.postMessage(said, transfer);
}
