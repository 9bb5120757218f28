import type { FlashMessages } from "../controller/index.ts";
import { afterwards } from "./afterwards.ts";
import type { ConnectedView } from "./connected-view.ts";
import { timed } from "./handler-timing.ts";
import { liveSessionOf } from "./live-session.ts";
import { type Location, locate } from "./location.ts";
import { type Departure, livePatchPayload, type Patch } from "./navigation.ts";
import { noFlash } from "./view-socket.ts";

/** Where the callbacks of one message ended. */
export interface Ending {
  /** The last patch that they asked for. */
  readonly patch: Patch | undefined;
  /** Set if the view goes elsewhere. */
  readonly departure: Departure | undefined;
  /** The messages that go along with it. */
  readonly flash: FlashMessages;
}

/** The usual ending: nobody asked to go anywhere. */
export const stays: Ending = Object.freeze({ patch: undefined, departure: undefined, flash: noFlash });

/** Patches that may follow each other before something is rendered; more are a loop. */
const maxPatches = 20;

/** Shows a URL of the view, and those that its `handleParams` patches to. */
export function visit(
  view: ConnectedView,
  location: Location,
  ending: Ending = stays,
  patches = 0,
): Ending | Promise<Ending> {
  const { definition, socket } = view;
  const { handleParams } = definition;
  view.route = location.route;
  socket.show(location.url.href, location.route.options.action);
  if (handleParams === undefined) return follow(view, ending, patches);
  const run = () => handleParams(location.params, location.url, socket);
  const result = timed(view.process, definition.name, "params", location.url.pathname, run);
  return afterwards(result, () => follow(view, ending, patches));
}

/**
 * Goes where the callback that just ended wants to go, as far as that is this view.
 *
 * The client is told of each patch once its `handleParams` is done, and before it gets what that changed
 * (PROTOCOL section 26). In a join the answer tells it.
 *
 * @param ending where the callbacks before it have led.
 * @throws if a patch leads out of the view, or patches go on without an end.
 */
export function follow(view: ConnectedView, ending: Ending = stays, patches = 0): Ending | Promise<Ending> {
  const { socket, link, definition } = view;
  const { navigation, flash } = socket.takeNavigation();
  if (navigation !== undefined && navigation.kind !== "patch") {
    return { patch: undefined, departure: navigation, flash };
  }
  if (ending.patch !== undefined && view.page !== undefined) {
    link.push("live_patch", livePatchPayload(ending.patch));
  }
  if (navigation === undefined) return ending;
  if (patches === maxPatches) {
    throw new Error(
      `live view "${definition.name}" patches in a loop: more than ${maxPatches} times, last to ${navigation.to}`,
    );
  }
  const location = locate(link.connection.endpoint.router, navigation.to, socket.uri);
  if (location === undefined || !serves(view, location)) {
    const call = `pushPatch(${JSON.stringify(navigation.to)})`;
    throw new Error(`live view "${definition.name}": ${call} leads to another view; use pushNavigate`);
  }
  socket.showFlash(flash);
  return visit(view, location, { patch: navigation, departure: undefined, flash: noFlash }, patches + 1);
}

/** Whether a location is one that the view can show without a new mount. */
export function serves({ definition, route }: ConnectedView, location: Location): boolean {
  return location.view?.definition === definition && liveSessionOf(location.route) === liveSessionOf(route);
}
