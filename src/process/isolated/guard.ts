/**
 * What runs in each child process: the thread that works, and this, which guards it.
 *
 * The function does not run in the main thread, so that one is never blocked. It sees the program's death, and
 * the memory of the whole process, buffers and native code included.
 */
import { writeFileSync } from "node:fs";
import { MemoryWatch } from "./memory-watch.ts";
import { killGroup } from "./process-group.ts";
import type { Order, Report } from "./protocol.ts";
import { Thread } from "./thread.ts";

const megabyte = 1024 ** 2;

/** Bytes for what is neither the function's objects nor its buffers: young objects, compiled code, V8 at work. */
const slack = 128 * megabyte;

/** An argument lies here several times while it comes in. */
const copiesOfArgument = 4;

const megabytes = Number(process.argv[2]);
const atStart = process.memoryUsage.rss();
const watch = new MemoryWatch(() => process.memoryUsage.rss());

process.title = "anqa isolated";
// systemd sends it to every process of a service. When this one ends is for the program to say.
process.on("SIGTERM", () => {});
process.on("disconnect", () => killGroup(process.pid));
tellKernel("oom_score_adj", "1000"); // if memory runs out, then this process is the one to end, and not the program
tellKernel("coredump_filter", "0"); // V8 ends by abort when it cannot allocate: nobody wants gigabytes on the disk

const thread = new Thread(megabytes, {
  reported(report) {
    if (report.kind !== "ready") watch.stop();
    tell(report);
  },
  ended: (end) => tell({ kind: "ending", end }),
});

process.on("message", (order: Order) => {
  const argument = order.argument as Uint8Array;
  const most = atStart + slack + 2 * megabytes * megabyte + copiesOfArgument * argument.byteLength;
  watch.start(most, () => {
    tell({ kind: "ending", end: { kind: "memory", cause: undefined } }, () => killGroup(process.pid));
  });
  thread.order(order, []);
});

function tell(report: Report, then: () => void = () => {}): void {
  process.send?.(report, then);
}

/** Linux takes it; elsewhere there is no such file. */
function tellKernel(setting: string, value: string): void {
  try {
    writeFileSync(`/proc/self/${setting}`, value);
  } catch {
    // It works without.
  }
}
