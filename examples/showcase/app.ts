import { type EndpointOptions, endpoint } from "anqa/endpoint";
import { liveSocket } from "anqa/live";
import { type Application, application } from "anqa/process";
import { Repo } from "./repo.ts";
import { serverRoom } from "./servers.ts";
import { UserSocket } from "./web/channels/room.ts";
import { appRouter } from "./web/router.ts";

/** What an instance may have of its own. The port is otherwise that of `PORT`. */
export interface ShowcaseOptions extends Pick<EndpointOptions, "port" | "log"> {
  /** The file of the chat's messages, if it is not the usual one. */
  readonly database?: string | undefined;
  /** Time between two changes of the dashboard. */
  readonly tickMilliseconds?: number;
}

/** What `anqa server` runs. */
export default showcase({ database: process.env.DATABASE });

export function showcase({ database, tickMilliseconds = 300, ...options }: ShowcaseOptions = {}): Application {
  return application({
    children: [
      database === undefined ? Repo : Repo.at(database),
      serverRoom(tickMilliseconds),
      endpoint({
        router: appRouter,
        sockets: { "/live": liveSocket(), "/socket": UserSocket },
        staticFiles: [{ at: "/assets", from: new URL("./assets", import.meta.url) }],
        ...options,
      }),
    ],
  });
}
