import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerConfig } from "../plug/index.ts";

const minimumLength = 32;
const generateCommand = `node -p "crypto.randomBytes(48).toString('base64url')"`;

/**
 * The secret that signatures derive from.
 *
 * Production must be given one. Development makes one on its first start and keeps it in
 * `.anqa/secret_key_base`, ignored by git, so that sessions and tokens outlive a restart. Test makes a new
 * one each time.
 *
 * @param given from the options or the variable `SECRET_KEY_BASE`.
 * @param directory where development keeps its `.anqa` folder.
 * @throws in production if none is given or it is too short.
 */
export function findSecretKeyBase(
  environment: ServerConfig["environment"],
  given: string | undefined,
  directory: string,
): string {
  if (given !== undefined && given !== "") {
    if (environment === "production" && given.length < minimumLength) {
      throw new Error(
        `SECRET_KEY_BASE has ${given.length} characters, too few for signatures that hold: use at least ` +
          `${minimumLength}. This command makes a good one: ${generateCommand}`,
      );
    }
    return given;
  }
  if (environment === "test") return newSecret();
  if (environment === "development") return keptSecret(join(directory, ".anqa"));
  throw new Error(
    "the variable SECRET_KEY_BASE is missing. Sessions and tokens are signed with it, so in production it must be " +
      `set, and stay the same over restarts. This command makes a good one: ${generateCommand}`,
  );
}

/**
 * The secrets that still verify, as they are.
 *
 * @throws if one is too short to have been a secret: an unset variable, most likely.
 */
export function checkPreviousSecrets(secrets: readonly string[]): readonly string[] {
  for (const secret of secrets as readonly (string | undefined)[]) {
    const length = secret?.length ?? 0;
    if (length >= minimumLength) continue;
    throw new Error(
      `the endpoint's option previousSecretKeyBases holds one of ${length} characters, but secrets have at least ` +
        `${minimumLength}: leave out what is not set`,
    );
  }
  return secrets;
}

function newSecret(): string {
  return randomBytes(48).toString("base64url");
}

/** Reads the secret of a folder, or makes it; of several processes that do so at once, one makes it. */
function keptSecret(folder: string): string {
  const file = join(folder, "secret_key_base");
  try {
    mkdirSync(folder, { recursive: true });
    writeNew(join(folder, ".gitignore"), "*\n");
    writeNew(file, newSecret());
    const kept = readFileSync(file, "utf8").trim();
    if (kept.length >= minimumLength) return kept;
  } catch (cause) {
    throw new Error(`the secret of development could not be kept in ${file}: set SECRET_KEY_BASE instead`, { cause });
  }
  throw new Error(`${file} holds no usable secret: delete it, and the next start makes a new one`);
}

/** Writes a file unless it exists. */
function writeNew(file: string, content: string): void {
  try {
    writeFileSync(file, content, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
