import { constants } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";

/** What is known about an uploaded file. */
export interface UploadedFile {
  readonly path: string;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
}

/**
 * A file that came in a form, among its params.
 *
 * It lies in a temporary directory that only this user of the system can read, and **is deleted when the response
 * has ended**, whatever became of the request. Who wants the file has to take it before that: {@link Upload.moveTo}
 * or {@link Upload.keep}.
 *
 * **`filename` and `contentType` are what the client says**, and a client says what it likes. Show them, escaped;
 * do not build paths from them, and look into the file before you serve it as that type.
 *
 * Schemas can ask for one: `z.object({ title: z.string(), photo: z.instanceof(Upload) })`.
 *
 * @example
 * async function create(conn: Conn, { photo }: Params) {
 *   if (!(photo instanceof Upload)) throw new HttpError(422, "a photo is missing");
 *   await photo.moveTo(join(photos, randomUUID()));
 *   redirect(conn, { to: "/photos" });
 * }
 */
export class Upload implements UploadedFile {
  /** Where the file is; {@link Upload.moveTo} changes it. */
  readonly path: string;
  /** The name it had at the client, without folders, which some clients send along; `unnamed` if nothing is left then. */
  readonly filename: string;
  /** As the client sent it, parameters included; `application/octet-stream` if it sent none. */
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  #state: "temporary" | "kept" | "deleted" = "temporary";

  /** Applications make one only to test what they do with it. */
  constructor({ path, filename, contentType, size }: UploadedFile) {
    this.path = path;
    this.filename = filename;
    this.contentType = contentType;
    this.size = size;
  }

  /**
   * Keeps the file where it is when the response has ended, for work that goes on after it. Who keeps it deletes it,
   * with {@link Upload.delete}; what is left then goes with its directory when the application stops.
   *
   * @throws if it is deleted already.
   */
  keep(): void {
    this.#refuseDeleted("kept");
    this.#state = "kept";
  }

  /**
   * Moves the file to another place, where it stays. A file that is there is replaced. Only the user that the server
   * runs as may read it, until you change its mode.
   *
   * @throws what the file system says, for instance if the directory does not exist; if the file is deleted already.
   */
  async moveTo(path: string): Promise<void> {
    this.#refuseDeleted("moved");
    const before = this.#state;
    this.#state = "kept";
    try {
      await move(this.path, path);
    } catch (error) {
      this.#state = before;
      throw error;
    }
    (this as { path: string }).path = path;
  }

  /** Deletes the file now. */
  async delete(): Promise<void> {
    if (this.#state === "deleted") return;
    this.#state = "deleted";
    await rm(this.path, { force: true });
  }

  /** Called when the response has ended: deletes the file, unless it was kept or moved. */
  async release(): Promise<void> {
    if (this.#state === "temporary") await this.delete();
  }

  #refuseDeleted(done: string): void {
    if (this.#state === "deleted") {
      throw new Error(
        `the upload ${JSON.stringify(this.filename)} cannot be ${done}: it was deleted when the response had ended; ` +
          "keep or move it before you answer",
      );
    }
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    // Another file system: there is nothing to rename.
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await rm(from, { force: true });
  }
}
