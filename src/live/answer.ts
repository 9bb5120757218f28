import type { FlashMessages } from "../controller/index.ts";
import type { ConnectedView } from "./connected-view.ts";
import { type Departure, departureEvent, departurePayload } from "./navigation.ts";
import { joinMembers } from "./shown-page.ts";
import type { Ending } from "./visit.ts";

/**
 * Answers a message of the client with what changed, or with where the view goes (PROTOCOL sections 22 and 26).
 *
 * @param ref null if there is nobody to answer; what changed is then left to `settle`.
 */
export function answer(view: ConnectedView, ref: string | null, { departure, flash }: Ending): void {
  const reply = view.socket.takeReply();
  if (departure !== undefined) return depart(view, ref, departure, flash);
  if (ref === null) return;
  const members = joinMembers(view.page?.changes() ?? "", reply === undefined ? "" : `"r":${reply}`);
  view.link.reply(ref, "ok", members === "" ? "{}" : `{"diff":{${members}}}`);
}

/** Sends the events that wait, then where to go, and ends the view. What else changed is nobody's to see. */
function depart(view: ConnectedView, ref: string | null, departure: Departure, flash: FlashMessages): void {
  const { socket, link, process } = view;
  const events = socket.takeEvents();
  if (events !== undefined) link.push("diff", `{"e":${events}}`);
  const name = departureEvent(departure);
  const payload = departurePayload(link.connection.endpoint.config, departure, flash);
  if (ref === null) link.push(name, payload);
  else link.reply(ref, "ok", `{"${name}":${payload}}`);
  process.exit("normal");
}
