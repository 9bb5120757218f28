import { type Behaviour, type ChildSpec, createNode, type ExitReason, service } from "../../src/process/index.ts";

const node = createNode();
const counter = service<{ count: number }>("Counter");

node.provide(counter, { count: 1 });
export const count: number = node.service(counter).count;
export const maybe: { count: number } | undefined = node.findService(counter);

// @ts-expect-error the service holds a number
node.provide(counter, { count: "1" });

// @ts-expect-error a behaviour receives
export const deaf: Behaviour = { settle() {} };

// @ts-expect-error there is no such reason
export const reason: ExitReason = "bored";

// @ts-expect-error a child has an id
export const nameless: ChildSpec = { start: (on) => on.spawn("child", () => ({ receive() {} })) };
