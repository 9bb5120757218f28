/**
 * The package as its users get it: built, packed, installed into an application of its own, and run there
 * without the condition `anqa-source`.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = `${root}node_modules/.bin`;
const application = mkdtempSync(join(tmpdir(), "anqa-package-"));
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const rooms = Object.keys(manifest.exports).filter((subpath) => subpath !== "./package.json");

before(async () => {
  await npm(root, "run", "build");
  await npm(root, "pack", "--ignore-scripts", "--pack-destination", application);
  cpSync(new URL("application", import.meta.url), application, { recursive: true });
  writeFileSync(
    join(application, "package.json"),
    JSON.stringify({
      name: "application",
      private: true,
      type: "module",
      dependencies: { anqa: `file:./anqa-${manifest.version}.tgz`, kysely: manifest.devDependencies.kysely },
      devDependencies: { "@types/node": manifest.devDependencies["@types/node"] },
    }),
  );
  await npm(application, "install", "--prefer-offline", "--no-audit", "--no-fund");
});

after(() => rmSync(application, { recursive: true, force: true }));

test("every subpath can be imported", async () => {
  const imports = rooms.map((room) => `await import("anqa/${room.slice(2)}");`);

  await run(process.execPath, ["--eval", imports.join("\n")], here());
});

test("an application answers requests", async () => {
  const { stdout } = await run(process.execPath, ["main.ts"], here());

  assert.equal(stdout, '200 {"hello":"world"}\n');
});

test("the published types check an application, and each other", async () => {
  const options = ["--module", "nodenext", "--target", "es2023", "--types", "node", "--strict", "--noEmit"];

  await assertSilent(run(`${bin}/tsc`, [...options, "main.ts"], here()));
});

test("what is packed is the build, its licence and its change log", async () => {
  const packed = join(application, "node_modules/anqa");

  for (const room of rooms) assert.ok(existsSync(join(packed, "dist", room, "index.d.ts")), room);
  for (const file of ["LICENSE", "CHANGELOG.md", "package.json"]) assert.ok(existsSync(join(packed, file)), file);
  for (const folder of ["src", "test", "docs", "tools"]) assert.ok(!existsSync(join(packed, folder)), folder);
});

test("a Node.js that is too old gets one sentence", async (t) => {
  const old = await oldNode();
  if (old === undefined) return t.skip("there is no old Node.js on this machine");

  for (const room of rooms) {
    const { stderr } = await run(old, ["--eval", `import("anqa/${room.slice(2)}")`], here()).catch((error) => error);
    if (stderr === "") continue; // a room without a need for anything new may work
    assert.match(
      stderr,
      /^\[?Error: Anqa needs Node\.js \d+ or newer, and this is v/m,
      `anqa/${room.slice(2)}: ${stderr}`,
    );
    assert.doesNotMatch(stderr, /SyntaxError|ERR_/);
  }
});

function here(): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  return { cwd: application, env: { ...process.env, NODE_OPTIONS: "" } };
}

/** Runs npm on the Node.js of the tests; what it says is shown only when it fails. */
async function npm(cwd: string, ...commandLine: string[]): Promise<void> {
  await assertSilent(run("npm", commandLine, { cwd }));
}

/** Fails with what the program said, which is more than its exit code. */
async function assertSilent(running: Promise<unknown>): Promise<void> {
  await running.catch(({ message, stdout }) => assert.fail(`${message}\n${stdout}`));
}

/** A Node.js on PATH that is older than `engines` asks for. */
async function oldNode(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const candidate = join(folder, "node");
    if (!existsSync(candidate)) continue;
    const { stdout } = await run(candidate, ["--version"]);
    if (Number.parseInt(stdout.slice(1), 10) < Number.parseInt(manifest.engines.node.slice(2), 10)) return candidate;
  }
  return undefined;
}
