/**
 * The browser of the browser tests: a headless Chromium, driven by playwright-core.
 *
 * `CHROMIUM` names the executable to use. Without it, it is the one that the package
 * `@sparticuz/chromium` carries compressed, unpacked on first use to `node_modules/.cache`.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { after, before, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";
import { type Browser, chromium, type Page } from "playwright-core";

/** What {@link useChromium} gives to the tests of a file. */
export interface ChromiumForTests {
  /**
   * Opens a page in a browser context of its own: no cookies or storage of other tests.
   * It is closed when the test ends; the test fails if a script of the page threw.
   */
  openPage(test: TestContext): Promise<Page>;
}

/**
 * Starts one browser for all tests of the calling file and closes it after them.
 *
 * @example
 * const browser = useChromium();
 *
 * test("counts", async (t) => {
 *   const page = await browser.openPage(t);
 *   await page.goto(url);
 *   await page.getByRole("button").click();
 *   await page.getByText("Count: 1").waitFor();
 * });
 */
export function useChromium(): ChromiumForTests {
  let browser: Browser | undefined;

  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  return {
    async openPage(test) {
      if (browser === undefined) throw new Error("The browser has not been started: openPage() belongs into a test.");
      const context = await browser.newContext();
      const errors: Error[] = [];
      context.on("weberror", (event) => errors.push(event.error()));
      test.after(async () => {
        await context.close();
        assert.deepEqual(errors, [], "scripts of the page threw");
      });
      return await context.newPage();
    },
  };
}

/** Starts a browser; the caller closes it. In tests prefer {@link useChromium}. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({
    ...(process.env.CHROMIUM === undefined ? await unpackedChromium() : { executablePath: process.env.CHROMIUM }),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

interface Executable {
  readonly executablePath: string;
  readonly env: { readonly [name: string]: string };
}

/**
 * Unpacks the browser once, about 200 MB.
 *
 * `chromium.executablePath()` of the package must not be used: it takes the file that another process is
 * still writing for a finished one. Here each process unpacks into a folder of its own and renames it, which
 * is atomic: who comes second finds the folder there and throws its own away.
 */
async function unpackedChromium(): Promise<Executable> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `The Chromium that comes with the tests is for linux-x64, and this is ${process.platform}-${process.arch}: set CHROMIUM to the path of a Chromium or Chrome.`,
    );
  }
  const carrier = new URL("../", import.meta.resolve("@sparticuz/chromium"));
  const { version } = JSON.parse(readFileSync(new URL("package.json", carrier), "utf8")) as { version: string };
  const cache = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));
  const folder = `${cache}chromium-${version}`;

  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const own = mkdtempSync(`${folder}-`);
    try {
      await unpack(new URL("bin/", carrier), own);
      renameSync(own, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  }
  return { executablePath: `${folder}/chromium`, env: environmentIn(folder) };
}

async function unpack(archives: URL, folder: string): Promise<void> {
  await Promise.all([unpackArchive("chromium.br"), unpackArchive("fonts.tar.br")]);
  const { status } = spawnSync(`${folder}/chromium`, ["--version"]);
  if (status !== 0) await unpackArchive("al2023.tar.br"); // the machine lacks libraries: nss, nspr, expat

  function unpackArchive(name: string): Promise<string> {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder; // inflate() writes to os.tmpdir(), which it asks for before it returns
    const unpacked = inflate(fileURLToPath(new URL(name, archives)));
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    return unpacked;
  }
}

/** The machine's own fonts and libraries where it has them, those of the package otherwise. */
function environmentIn(folder: string): Executable["env"] {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) environment[name] = value;
  if (!existsSync("/etc/fonts/fonts.conf")) environment.FONTCONFIG_PATH = `${folder}/fonts`;
  if (existsSync(`${folder}/al2023`)) environment.LD_LIBRARY_PATH = `${folder}/al2023/lib`;
  return environment;
}
