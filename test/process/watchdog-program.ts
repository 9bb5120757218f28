/** Programs that stand still in different ways. Words: what to do, and a file whose existence ends it. */
import { existsSync, readSync } from "node:fs";
import { application, eventLoopStall, startWatchdog, watchdog } from "../../src/process/index.ts";

const [, , what, flag = ""] = process.argv;

eventLoopStall.attach((stall) => process.stdout.write(`stall ${JSON.stringify(stall)}\n`));

/** Not for ever: the test may be gone. */
function computeUntil(file: string): void {
  for (const end = Date.now() + 30_000; !existsSync(file) && Date.now() < end; );
}

function computeFor(milliseconds: number): void {
  for (const end = Date.now() + milliseconds; Date.now() < end; );
}

const watching = { softLimit: 50, hardLimit: 3_600_000 };
const programs: Record<string, () => unknown> = {
  /** Two stalls, one after the other, in a process that has awaited something before. */
  async twice() {
    await application({
      children: [
        watchdog(watching),
        {
          id: "thinker",
          start: (node) =>
            node.spawn("thinker", async () => {
              await ready();
              computeUntil(`${flag}1`);
              await reported();
              computeUntil(`${flag}2`);
              await reported();
              return { receive() {} };
            }),
        },
      ],
    }).start();
  },
  async deep() {
    const dive = (depth: number): void => (depth === 0 ? computeUntil(flag) : dive(depth - 1));
    startWatchdog(watching);
    await ready();
    dive(500);
  },
  async described() {
    startWatchdog({ ...watching, describe: () => "the third page" });
    await ready();
    computeUntil(flag);
  },
  /** Until a line comes in. */
  async native() {
    startWatchdog(watching);
    await ready();
    readSync(0, Buffer.alloc(1));
  },
  async "native for ever"() {
    startWatchdog({ softLimit: 50, hardLimit: 100 });
    await ready();
    readSync(0, Buffer.alloc(1));
  },
  async "for ever"() {
    process.on("exit", () => process.stdout.write("exit handlers have run\n"));
    startWatchdog({ softLimit: 50, hardLimit: 100 });
    await ready();
    for (;;);
  },
  async debugged() {
    startWatchdog({ softLimit: 20, hardLimit: 40 });
    await ready();
    computeFor(1_000);
  },
  async stopped() {
    const running = await application({ children: [watchdog({ softLimit: 20, hardLimit: 40 })] }).start();
    await ready();
    await running.stop();
    computeFor(1_000);
  },
  idle() {
    startWatchdog();
  },
};

/** The thread takes a while to start; the first stall is not to be over by then. */
function ready(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300));
}

function reported(): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 3_600_000); // a watchdog keeps no program alive
    const detach = eventLoopStall.attach(() => {
      detach();
      clearInterval(alive);
      resolve();
    });
  });
}

await programs[what as string]?.();
