import type { ChannelLink } from "../channel/index.ts";
import type { Process } from "../process/index.ts";
import type { Route } from "../router/index.ts";
import type { ViewDefinition } from "./definition.ts";
import type { ShownPage } from "./shown-page.ts";
import type { ViewHost, ViewSocket } from "./view-socket.ts";

/** All that a view which a browser shows consists of. */
export interface ConnectedView extends ViewHost {
  readonly process: Process;
  readonly link: ChannelLink;
  readonly definition: ViewDefinition;
  readonly socket: ViewSocket;
  /** The route of the URL that it shows. */
  route: Route;
  /** Undefined until the join is answered. */
  page: ShownPage | undefined;
}
