import type { Conn, Plug } from "../../plug/index.ts";

/**
 * Takes segments off the beginning of `conn.path` while a plug runs: what is forwarded to sees the rest of the path.
 *
 * @param taken how many segments.
 */
export function mounted(taken: number, plug: Plug): Plug {
  if (taken === 0) return plug;
  return (conn) => {
    const { path } = conn;
    const restore = () => setPath(conn, path);
    setPath(conn, path.slice(endOfSegments(path, taken)) || "/");
    let pending: void | Promise<void>;
    try {
      pending = plug(conn);
    } catch (error) {
      restore();
      throw error;
    }
    if (pending !== undefined) return pending.finally(restore);
    restore();
  };
}

/**
 * The part of the path that routers took off when they forwarded: `/dashboard`, or an empty text. What is forwarded to
 * puts it before the paths that it links to.
 */
export function scriptName({ path, requestPath }: Conn): string {
  if (path === requestPath) return "";
  return requestPath.endsWith(path) ? requestPath.slice(0, -path.length) : requestPath;
}

/** Read-only for everybody else. */
function setPath(conn: Conn, path: string): void {
  (conn as { path: string }).path = path;
}

function endOfSegments(path: string, count: number): number {
  let end = 0;
  for (let found = 0; found < count && end !== -1; found++) end = path.indexOf("/", end + 1);
  return end === -1 ? path.length : end;
}
