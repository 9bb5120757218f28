import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export const command = path("../../src/cli/anqa.ts");

/** The absolute path of a file that is named relative to this one. */
export function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
