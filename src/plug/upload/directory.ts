import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, lstat, mkdtemp, open, readdir, rm, rmdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Node, service } from "../../process/index.ts";
import { uploadCleanupFailed } from "../events.ts";

/** What the names of all upload directories begin with. */
const prefix = "anqa-uploads-";
/** Milliseconds after which a directory says again that its application lives. */
const signOfLife = 10 * 60 * 1_000;
/** Milliseconds without such a sign after which a directory is what a crashed application has left. */
const orphaned = 60 * 60 * 1_000;

const directories = service<Map<string, UploadDirectory>>("upload directories");

/** A file that was made, open for writing. */
export interface TemporaryFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** The directory of a node for temporary files below `base`, such as the system's `/tmp`. */
export function uploadDirectory(node: Node, base: string): UploadDirectory {
  const known = node.findService(directories) ?? new Map<string, UploadDirectory>();
  node.provide(directories, known);
  const directory = known.get(base) ?? new UploadDirectory(node, base);
  known.set(base, directory);
  return directory;
}

/**
 * Where a node puts temporary files. It is made with the first one, readable for the server's user only, and removed
 * with all that is in it when the application has stopped.
 *
 * An application that crashes leaves its directory behind. So each touches its own now and then, and those of this
 * user that nobody has touched for an hour are removed: when a directory is made, and with every touch.
 */
export class UploadDirectory {
  readonly #node: Node;
  readonly #base: string;
  #path: Promise<string> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #requests = 0;

  constructor(node: Node, base: string) {
    this.#node = node;
    this.#base = base;
  }

  /**
   * Makes an empty file under a name that nobody can guess, readable for the server's user only.
   *
   * @throws if the directory cannot be written to.
   */
  async createFile(): Promise<TemporaryFile> {
    try {
      // If somebody has tidied up, it is made anew.
      return (await this.#open(true)) ?? ((await this.#open(false)) as TemporaryFile);
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  /** A request is going to make files. */
  enter(): void {
    this.#requests++;
  }

  /**
   * A request has deleted its files. Where no application removes the directory when it stops, as in some tests, it
   * goes with the last of them.
   */
  async leave(): Promise<void> {
    if (--this.#requests > 0 || this.#node.root !== undefined || this.#path === undefined) return;
    const path = await this.#path.catch(() => "");
    if (this.#requests > 0) return;
    await rmdir(path).then(
      () => clearInterval(this.#timer),
      () => {},
    );
  }

  /** @param again whether to answer with undefined if the directory is gone, so that it is made anew. */
  async #open(again: boolean): Promise<TemporaryFile | undefined> {
    this.#path ??= this.#make();
    const making = this.#path;
    const path = join(await making, randomBytes(16).toString("base64url"));
    try {
      return { path, handle: await open(path, "wx", 0o600) };
    } catch (error) {
      if (!again || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      if (this.#path === making) this.#path = undefined;
      return undefined;
    }
  }

  async #make(): Promise<string> {
    const path = await mkdtemp(join(this.#base, prefix)).catch((error) => {
      this.#path = undefined;
      throw error;
    });
    this.#node.root?.onExit(() => this.#remove(path));
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#touch(path), signOfLife).unref();
    await this.#removeOrphans();
    return path;
  }

  async #touch(path: string): Promise<void> {
    const now = new Date();
    // Where it is gone, the next file makes another.
    await utimes(path, now, now).catch(() => {});
    await this.#removeOrphans();
  }

  async #removeOrphans(): Promise<void> {
    const names = await readdir(this.#base).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(prefix)) continue;
      const path = join(this.#base, name);
      try {
        const { uid, mtimeMs } = await lstat(path);
        // What belongs to somebody else could become something else while it is removed.
        if (uid !== (process.getuid?.() ?? 0) || Date.now() - mtimeMs < orphaned) continue;
        await rm(path, { recursive: true, force: true });
      } catch (error) {
        this.#report(path, error);
      }
    }
  }

  #remove(path: string): void {
    clearInterval(this.#timer);
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      this.#report(path, error);
    }
  }

  #report(path: string, error: unknown): void {
    // Another application may have removed it first.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    uploadCleanupFailed.execute({ node: this.#node.name, path, error: error as Error });
  }

  #unusable(cause: unknown): Error {
    return new Error(
      `uploads cannot be stored below ${this.#base}: ${(cause as Error).message}. Make it a directory that the server ` +
        "may write to, or name another with uploads: { directory } of parseBody() or the variable TMPDIR",
      { cause },
    );
  }
}
