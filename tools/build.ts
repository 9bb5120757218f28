/**
 * Makes `dist` out of `src`: JavaScript and declarations by the TypeScript compiler, every other file
 * (what is served to browsers, say) as it is.
 */
import { execFileSync } from "node:child_process";
import { cpSync, rmSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(`${root}node_modules/.bin/tsc`, ["--project", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
cpSync(`${root}src`, `${root}dist`, {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !path.endsWith(".ts"),
});
