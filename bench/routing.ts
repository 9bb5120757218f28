/**
 * What finding a route among 500 costs, in nanoseconds: `node --conditions=anqa-source bench/routing.ts`.
 *
 * Paths are made anew for each request, as a server gets them: a text that was looked up before would be found by its
 * remembered hash. Each figure is the CPU time of the best of 15 rounds, so that what else the machine does is left out.
 */
import { type Router, router } from "../src/router/index.ts";

const things = 100;
const answer = () => {};

const table: Router = router().scope({ through: [] }, (scope) => {
  for (let thing = 0; thing < things; thing++) {
    scope
      .get(`/things${thing}`, answer)
      .get(`/things${thing}/new`, answer)
      .get(`/things${thing}/:id`, answer)
      .get(`/things${thing}/:id/edit`, answer)
      .get(`/admin/areas/:area/things${thing}/:thing/parts/:id`, answer);
  }
});
table.check();

const rounds = 15;
const requests = 100_000;
console.log(`${table.routes.length} routes, ns per match`);
measure("static", (thing) => `/things${thing}/new`);
measure("one param", (thing) => `/things${thing}/${thing * 7}`);
measure("one param, escaped", (thing) => `/things${thing}/a%20b`);
measure("deep, three params", (thing) => `/admin/areas/7/things${thing}/${thing}/parts/${thing * 3}`);
measure("missing", (thing) => `/nothing${thing}/new`);
measure("missing, deep", (thing) => `/admin/areas/7/things${thing}/${thing}/pieces/1`);

function measure(name: string, pathOf: (thing: number) => string): void {
  const bytes = Array.from({ length: things }, (_, thing) => Buffer.from(pathOf(thing)));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const paths = Array.from({ length: requests }, (_, index) => (bytes[index % things] as Buffer).toString("latin1"));
    const started = process.cpuUsage();
    let found = 0;
    for (const path of paths) if (table.match("GET", path) !== undefined) found++;
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, ((user + system) * 1_000) / requests);
    if (found !== (name.startsWith("missing") ? 0 : requests)) throw new Error(`${name}: ${found} found`);
  }
  console.log(`${best.toFixed(0).padStart(6)}  ${name}`);
}
