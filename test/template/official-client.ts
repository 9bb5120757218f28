import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/** A node of the tree that the client keeps. */
interface ClientNode {
  [key: string]: unknown;
}

/** What the tests use of the official client's class `Rendered`. */
interface ClientRendered {
  readonly rendered: ClientNode;
  mergeDiff(diff: unknown): void;
  toString(): { buffer: string };
  recursiveToString(
    node: ClientNode,
    components: unknown,
    onlyCids: undefined,
    changeTracking: boolean,
    rootAttrs: object,
    cid: null,
  ): { buffer: string };
}

const ClientRendered = await loadRendered();

/** The official client's view of one page: what it shows after a join and diffs, all given as JSON members. */
export class OfficialClient {
  readonly #rendered: ClientRendered;
  /** The HTML of each root element as it was when the client last wrote it out. */
  #written = new Map<string, string>();

  constructor(members: string) {
    this.#rendered = new ClientRendered("view", JSON.parse(`{${members}}`));
    this.#render();
  }

  /** Merges a diff as `view.ts` does: `r`, `e` and `t` are taken off its top first. */
  apply(members: string): void {
    const { diff } = ClientRendered.extract(JSON.parse(`{${members}}`));
    this.#rendered.mergeDiff(diff);
    this.#render();
  }

  /** The HTML of the whole page, without the marks that the client adds. */
  get html(): string {
    return this.#htmlOf(this.#rendered.rendered);
  }

  /** What the client writes out now, with its marks, and elements skipped that it takes for unchanged. */
  write(): string {
    return this.#rendered.toString().buffer;
  }

  /**
   * Renders with change tracking. What the client skips stays in the page as it was written last, so that must
   * be what it is now.
   */
  #render(): void {
    for (const node of this.#roots()) {
      const { magicId, newRender } = node;
      if (typeof magicId !== "string" || newRender === true) continue;
      const written = this.#written.get(magicId);
      if (written !== this.#htmlOf(node)) throw new Error(`skipped although it changed: ${written}`);
    }
    this.write();
    this.#written = new Map(this.#roots().map((node) => [String(node.magicId), this.#htmlOf(node)]));
  }

  #roots(): ClientNode[] {
    return nodesBelow(this.#rendered.rendered).filter((node) => node.r === 1);
  }

  #htmlOf(node: ClientNode): string {
    const { buffer } = this.#rendered.recursiveToString(node, {}, undefined, false, {}, null);
    return buffer.replaceAll(/ data-phx-id="[^"]*"/g, "");
  }
}

function nodesBelow(node: ClientNode): ClientNode[] {
  const children = Object.values(node).filter((value) => typeof value === "object" && value !== null) as ClientNode[];
  return [node, ...children.flatMap(nodesBelow)];
}

/** Bundles the class out of the npm package, since Node strips no types below `node_modules`. */
async function loadRendered(): Promise<{
  new (viewId: string, tree: unknown): ClientRendered;
  extract(diff: unknown): { diff: unknown };
}> {
  const entry = new URL("../../assets/js/phoenix_live_view/rendered.js", import.meta.resolve("phoenix_live_view"));
  const folder = await mkdtemp(join(tmpdir(), "anqa-rendered-"));
  const outfile = join(folder, "rendered.mjs");
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "browser",
    define: { window: "globalThis" },
    logLevel: "silent",
  });
  const { default: Rendered } = await import(pathToFileURL(outfile).href);
  await rm(folder, { recursive: true });
  return Rendered;
}
