import { agent } from "../../src/process/agent.ts";
import { createNode } from "../../src/process/index.ts";

const Visits = agent("visits", 0);
const visits = await Visits.start(createNode());

export const count: number = await visits.get();
export const shown: string = await visits.get((visited) => visited.toFixed());
export const later: string = await visits.get(async (visited) => visited.toFixed());
export const before: boolean = await visits.getAndUpdate((visited) => [visited > 0, 0]);
await visits.update(() => 7, { timeout: 100 });

// @ts-expect-error the state is a number
await visits.update(() => "many");
// @ts-expect-error the state is a number
await visits.getAndUpdate((visited) => [visited, "many"]);
// @ts-expect-error the state is a number
await visits.get((visited) => visited.toUpperCase());
// @ts-expect-error it starts with a number
Visits.child("none");
