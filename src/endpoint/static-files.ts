import { type StaticFiles, type StaticServer, staticServer } from "../plug/index.ts";

/**
 * Makes the server of the `staticFiles` option, out of one for each folder; the first that has a file answers.
 *
 * @throws if a folder does not exist or a path is no path.
 */
export function staticFilesServer(mounts: readonly StaticFiles[], production: boolean): StaticServer | undefined {
  const servers = mounts.map((mount) => staticServer(mount, production));
  if (servers.length <= 1) return servers[0];
  return (conn) => {
    for (const serve of servers) {
      const sending = serve(conn);
      if (sending !== undefined) return sending;
    }
    return undefined;
  };
}
