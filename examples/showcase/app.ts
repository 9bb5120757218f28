import { type EndpointOptions, endpoint } from "anqa/endpoint";
import { liveSocket } from "anqa/live";
import { type Application, application } from "anqa/process";
import { Repo } from "./repo.ts";
import { serverRoom } from "./servers.ts";
import { UserSocket } from "./web/channels/room.ts";
import { appRouter } from "./web/router.ts";

/** What a test sets differently. The port is otherwise that of `PORT`, and the database that of `DATABASE`. */
export interface ShowcaseOptions extends Pick<EndpointOptions, "port" | "log"> {
  /** Time between two changes of the dashboard. */
  readonly tickMilliseconds?: number;
}

export function showcase({ tickMilliseconds = 300, ...options }: ShowcaseOptions = {}): Application {
  return application({
    children: [
      Repo,
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

export default showcase();
