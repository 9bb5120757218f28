import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  createNode,
  type Down,
  type Exit,
  type ExitReason,
  type Message,
  type Node,
  type Process,
} from "../../src/process/index.ts";
import { quiet } from "./support.ts";

const boom = new Error("boom");
const reasons = ["normal", "shutdown", "killed", boom] as const;

/** One process of the model. */
interface Member {
  readonly traps: boolean;
  reason: ExitReason | undefined;
  readonly links: Set<Member>;
  readonly name: number;
  /** What lies in its mailbox, as text; it is lost if the member ends before its next turn. */
  mailbox: string[];
  readonly received: string[];
}

interface Monitor {
  readonly watcher: Member;
  readonly target: Member;
  readonly number: number;
  active: boolean;
}

/** Links and monitors without any process. */
class Model {
  readonly members: readonly Member[];
  readonly monitors: Monitor[] = [];

  constructor(traps: readonly boolean[]) {
    this.members = traps.map((trap, name) => ({
      traps: trap,
      name,
      reason: undefined,
      links: new Set(),
      mailbox: [],
      received: [],
    }));
  }

  /** Everyone takes a turn. */
  settle(): void {
    for (const member of this.members) member.received.push(...member.mailbox.splice(0));
  }

  link(left: Member, right: Member): void {
    if (left === right) return;
    if (right.reason !== undefined) this.#signal(left, right, "noproc");
    else if (left.reason === undefined) {
      left.links.add(right);
      right.links.add(left);
    }
  }

  unlink(left: Member, right: Member): void {
    left.links.delete(right);
    right.links.delete(left);
  }

  monitor(watcher: Member, target: Member): void {
    const monitor = { watcher, target, number: this.monitors.length, active: true };
    this.monitors.push(monitor);
    if (target.reason !== undefined) this.#down(monitor, "noproc");
  }

  end(member: Member, reason: ExitReason): void {
    if (member.reason !== undefined) return;
    member.reason = reason;
    member.mailbox = [];
    for (const monitor of this.monitors) if (monitor.target === member) this.#down(monitor, reason);
    for (const other of member.links) {
      other.links.delete(member);
      this.#signal(other, member, reason);
    }
    member.links.clear();
  }

  #signal(member: Member, from: Member, reason: ExitReason): void {
    if (member.reason !== undefined) return;
    if (member.traps) member.mailbox.push(`EXIT ${from.name} ${String(reason)}`);
    else if (reason !== "normal") this.end(member, reason);
  }

  #down(monitor: Monitor, reason: ExitReason): void {
    if (!monitor.active) return;
    monitor.active = false;
    if (monitor.watcher.reason === undefined) monitor.watcher.mailbox.push(`DOWN ${monitor.number} ${String(reason)}`);
  }
}

/** The same with processes. */
class Reality {
  readonly node: Node = createNode();
  readonly processes: readonly Process[];
  readonly received: readonly Message[][];
  readonly ends: (ExitReason | undefined)[] = [];
  readonly monitors: number[] = [];

  constructor(traps: readonly boolean[]) {
    this.received = traps.map(() => []);
    this.processes = traps.map((trap, index) => {
      const process = this.node.spawn("member", () => ({
        receive: (message) => void this.received[index]?.push(message),
      }));
      process.trapExit = trap;
      process.onExit((reason) => {
        assert.equal(this.ends[index], undefined, "it ends once");
        this.ends[index] = reason;
      });
      return process;
    });
  }

  /** What a process has received, as the model writes it. */
  receivedBy(index: number): string[] {
    return (this.received[index] ?? []).map(({ event, payload }) => {
      if (event === "EXIT") {
        const { pid, reason } = payload as Exit;
        return `EXIT ${this.processes.findIndex((process) => process.pid === pid)} ${String(reason)}`;
      }
      const { reference, reason } = payload as Down;
      return `DOWN ${this.monitors.indexOf(reference)} ${String(reason)}`;
    });
  }
}

const member = fc.nat(20);
const steps = fc.array(
  fc.oneof(
    { arbitrary: fc.record({ kind: fc.constant("link" as const), from: member, to: member }), weight: 5 },
    { arbitrary: fc.record({ kind: fc.constant("monitor" as const), from: member, to: member }), weight: 4 },
    fc.record({ kind: fc.constant("unlink" as const), from: member, to: member }),
    fc.record({ kind: fc.constant("demonitor" as const), monitor: fc.nat(30) }),
    fc.record({
      kind: fc.constant("end" as const),
      victims: fc.array(fc.record({ who: member, reason: fc.constantFrom(...reasons) }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  ),
  { minLength: 5, maxLength: 60 },
);
type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never;

function at<T>(all: readonly T[], index: number): T {
  return all[index % all.length] as T;
}

function take(step: Step, model: Model, { node, processes, monitors }: Reality): void {
  if (step.kind === "link" || step.kind === "unlink") {
    model[step.kind](at(model.members, step.from), at(model.members, step.to));
    at(processes, step.from)[step.kind](at(processes, step.to));
  } else if (step.kind === "monitor") {
    model.monitor(at(model.members, step.from), at(model.members, step.to));
    monitors.push(node.monitor(at(processes, step.from), at(processes, step.to).pid));
  } else if (step.kind === "demonitor") {
    if (monitors.length === 0) return;
    at(model.monitors, step.monitor).active = false;
    node.demonitor(at(monitors, step.monitor));
  } else {
    for (const { who, reason } of step.victims) {
      model.end(at(model.members, who), reason);
      at(processes, who).exit(reason);
    }
  }
}

suite("links and monitors, however they are tied", () => {
  test("end exactly the right processes, and every monitor fires once", async () => {
    const traps = fc.array(fc.constantFrom(false, false, true), { minLength: 2, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(traps, steps, async (trapping, happenings) => {
        const model = new Model(trapping);
        const reality = new Reality(trapping);
        await quiet(1);
        for (const step of happenings) {
          take(step, model, reality);
          model.settle();
          await quiet(1);
        }
        for (const [index, { reason, received, links }] of model.members.entries()) {
          assert.equal(reality.ends[index], reason);
          // Who dies at the same moment as others may be told of them in another order.
          assert.deepEqual(reality.receivedBy(index).toSorted(), received.toSorted());
          const linked = reality.processes[index]?.links.map((process) => reality.processes.indexOf(process));
          assert.deepEqual(linked?.toSorted(), Array.from(links, ({ name }) => name).toSorted());
        }
        for (const process of reality.processes) process.exit("killed");
        assert.equal(reality.node.processCount, 0);
      }),
      { numRuns: 400 },
    );
  });
});
