import type { ChannelLink, ChannelType } from "../channel/index.ts";
import type { SessionData } from "../plug/index.ts";
import type { Behaviour, Process } from "../process/index.ts";
import { joinRefused } from "./events.ts";
import { checkJoin, type JoinRefusal } from "./join-request.ts";
import { startView } from "./start-view.ts";

/** What `liveSocket` gives each connection. */
export interface LiveConnectionAssigns {
  /** The HTTP session of the page, if the page proved that it is its own; see `liveSocket`. */
  readonly session: SessionData | null;
}

/** The topics of views, `lv:<id of the element>`: each joined one is a process with a view in it. */
export const liveChannel: ChannelType = {
  pattern: "lv:*",
  start(link, payload) {
    const { connection } = link;
    const { session } = connection.assigns as unknown as LiveConnectionAssigns;
    const checked = checkJoin(connection.endpoint, session, link.topic, payload);
    if ("reason" in checked) return connection.spawn("live join refused", (process) => refuse(process, link, checked));
    return connection.spawn(`live ${checked.view.name}`, (process) => startView(process, link, checked));
  },
};

function refuse(process: Process, link: ChannelLink, { reason, detail }: JoinRefusal): Behaviour {
  joinRefused.execute({ node: process.node.name, topic: link.topic, reason: `${reason}: ${detail}` });
  link.refused(JSON.stringify({ reason }));
  process.exit("normal");
  return { receive() {} };
}
