import { createNode, type Process } from "../../src/process/index.ts";
import { via } from "../../src/process/registry/via.ts";
import { registry } from "../../src/process/registry.ts";

const node = createNode();
declare const process: Process;

const plain = registry({ name: "plain", keys: "unique" });
plain.on(node).register(process, "key");
via(plain, "key");

// @ts-expect-error keys are strings if nothing is said
plain.on(node).register(process, 1);

// @ts-expect-error a plain registry has no values
plain.on(node).register(process, "key", 1);

const rooms = registry<number, { owner: string }>({ name: "rooms", keys: "duplicate" });
rooms.on(node).register(process, 1, { owner: "ada" });
via(rooms, 1, { owner: "ada" });
export const owner: string | undefined = rooms.on(node).lookup(1)[0]?.value.owner;
rooms.on(node).dispatch(1, (one: Process, value) => one.deliver({ event: "hello", payload: value.owner }));
export const owned: readonly number[] = rooms
  .on(node)
  .select(({ value }) => value.owner === "ada")
  .map(({ key }) => key);

// @ts-expect-error the value has to be given
rooms.on(node).register(process, 1);

// @ts-expect-error and be of its type
rooms.on(node).register(process, 1, { owner: 1 });

// @ts-expect-error also in a name
via(rooms, 1);

// @ts-expect-error keys are numbers
rooms.on(node).lookup("1");

// @ts-expect-error there is no such kind
registry({ name: "other", keys: "sometimes" });
