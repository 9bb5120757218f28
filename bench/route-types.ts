/**
 * What a large route table costs the compiler: `node --conditions=anqa-source bench/route-types.ts [number of routes]`.
 *
 * An application is written into a temporary folder: a table with that many paths (1,500 by default; plain ones, groups,
 * nested resources), a link to each, and a router that serves each. The figures are those of `tsc --extendedDiagnostics`, beside those of the
 * same application with hardly any routes: what the framework itself costs. Medians of five runs.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { applicationOf } from "./route-types/application.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const runs = 5;
const wanted = Number(process.argv[2] ?? 1_500);

const small = measure(10);
const large = measure(wanted);
console.log(`${large.routes} routes, with a link to each and a router that serves each`);
for (const name of ["Check time", "Total time", "Types", "Instantiations", "Memory used"] as const) {
  const unit = name.endsWith("time") ? " s" : name === "Memory used" ? " KB" : "";
  const format = (value: number) => `${value.toLocaleString("en")}${unit}`.padStart(14);
  const [least, most] = [small.figures[name] ?? 0, large.figures[name] ?? 0];
  console.log(`${name.padEnd(16)}${format(most)}, of it the routes' ${format(Number((most - least).toFixed(3)))}`);
}

/** Figures by the names that tsc gives them. */
type Figures = Readonly<Record<string, number>>;

function measure(count: number): { readonly routes: number; readonly figures: Figures } {
  const folder = mkdtempSync(join(tmpdir(), "anqa-route-types-"));
  try {
    const { routes, files } = applicationOf(count, `${root}src/router/index.ts`);
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: `${root}tsconfig.json`,
        compilerOptions: { typeRoots: [`${root}node_modules/@types`] },
        include: ["*.ts"],
        exclude: [],
      }),
    );
    const all = Array.from({ length: runs }, () => compile(folder));
    return { routes, figures: medians(all) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compile(folder: string): Figures {
  const printed = execFileSync(`${root}node_modules/.bin/tsc`, ["--noEmit", "--extendedDiagnostics", "-p", folder], {
    encoding: "utf8",
  });
  const lines = [...printed.matchAll(/^(\w[\w ]*):\s+([\d.]+)/gm)];
  return Object.fromEntries(lines.map(([, name = "", figure]) => [name, Number(figure)]));
}

function medians(all: readonly Figures[]): Figures {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, all.map((figures) => figures[name] ?? 0).sort((a, b) => a - b)[runs >> 1] ?? 0]),
  );
}
