import { currentProcess } from "../context.ts";
import type { Routine } from "../routine/routine.ts";
import { TaskTimeout } from "./errors.ts";
import { defaultTimeout, type RunningTask } from "./handle.ts";
import type { TaskOutcome } from "./outcome.ts";
import { type Items, Source } from "./source.ts";
import type { TaskFunction } from "./start.ts";

/** How a stream of tasks runs. */
export interface AsyncStreamOptions {
  /**
   * Items that are worked on, or done and not yet taken, at the same time; default 8. It is no matter of
   * cores: tasks share one thread, and wait for other systems together.
   */
  readonly maxConcurrency?: number;
  /** Milliseconds for each item, default 5,000; `Infinity` is allowed. A task that takes longer is killed. */
  readonly timeout?: number;
  /** Whether outcomes come in the order of the items (default), or as tasks end. */
  readonly ordered?: boolean;
}

/** What is done with each item, in a process of its own. */
export type ItemFunction<Item, Value> = (item: Item, self: Routine) => Value | Promise<Value>;

interface Slot<Value> {
  readonly task: RunningTask<Value>;
  outcome: TaskOutcome<Value> | undefined;
}

const defaultConcurrency = 8;

/**
 * Outcomes of tasks, one per item, so many at a time. An item is taken from its source when there is room for
 * it, the first when the first outcome is asked for.
 *
 * @param startOne starts the task of one item.
 */
export async function* streamTasks<Item, Value>(
  items: Items<Item>,
  work: ItemFunction<Item, Value>,
  startOne: (run: TaskFunction<Value>) => RunningTask<Value>,
  options: AsyncStreamOptions = {},
): AsyncGenerator<TaskOutcome<Value>, void, void> {
  const { maxConcurrency = defaultConcurrency, timeout = defaultTimeout, ordered = true } = options;
  if (!(maxConcurrency >= 1)) throw new RangeError(`maxConcurrency is ${maxConcurrency}: it has to be at least 1`);
  /** In the order of the items. */
  const slots = new Set<Slot<Value>>();
  /** Those with an outcome, in the order of their ends, if that is asked for. */
  const done: Slot<Value>[] = [];
  const changes = new Changes();
  const start = (item: Item) => {
    const slot: Slot<Value> = { task: startOne((self) => work(item, self)), outcome: undefined };
    slots.add(slot);
    outcomeInTime(slot.task, timeout).then((outcome) => {
      slot.outcome = outcome;
      if (!ordered) done.push(slot);
      changes.happen();
    });
  };
  const stop = () => {
    for (const { task } of slots) task.process.exit("killed");
  };
  const owner = currentProcess();
  owner?.onExit(stop);
  const source = new Source(items, start, () => changes.happen());
  const fill = () => {
    while (slots.size < maxConcurrency && source.ask());
  };
  try {
    for (;;) {
      fill();
      const ready = ordered ? firstIfDone(slots) : done.shift();
      if (ready !== undefined) {
        slots.delete(ready);
        fill();
        yield ready.outcome as TaskOutcome<Value>;
      } else if (slots.size > 0 || source.pending) await changes.next();
      else return source.check();
    }
  } finally {
    owner?.offExit(stop);
    stop();
    await source.close();
  }
}

/** Lets one wait until something has happened. */
class Changes {
  #happened: (() => void) | undefined;

  happen(): void {
    this.#happened?.();
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#happened = resolve;
    });
  }
}

function firstIfDone<Value>(slots: ReadonlySet<Slot<Value>>): Slot<Value> | undefined {
  const [first] = slots;
  return first?.outcome === undefined ? undefined : first;
}

async function outcomeInTime<Value>(task: RunningTask<Value>, timeout: number): Promise<TaskOutcome<Value>> {
  const outcome = await task.yield(timeout);
  if (outcome !== undefined) return outcome;
  task.process.exit("killed");
  return { ok: false, reason: new TaskTimeout(task.process.label, timeout) };
}
