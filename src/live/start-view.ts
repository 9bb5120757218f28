import type { ChannelLink } from "../channel/index.ts";
import { type FlashMessages, statusOf } from "../controller/index.ts";
import { type Process, toError } from "../process/index.ts";
import type { Container } from "./definition.ts";
import { joinRefused, viewMount } from "./events.ts";
import type { JoinRequest } from "./join-request.ts";
import { type Departure, departureEvent, departurePayload, livePatchPayload } from "./navigation.ts";
import { loadRequirements, UnmetRequirementError } from "./requirements.ts";
import { signReload } from "./tokens.ts";
import { ViewProcess } from "./view-process.ts";
import type { Ending } from "./visit.ts";

/** The version of the client package that is served with the pages. */
const clientVersion = "1.2.12";

/**
 * Mounts a view for a join that may go ahead, and answers the join (PROTOCOL section 14).
 *
 * @throws what the callbacks throw, unless it has a status from 400 to 499: then the client is sent to fetch the
 * page of that status (section 29). Where the session does not give what the view requires, the client is sent to load
 * the page, whose pipeline decides.
 */
export function startView(
  process: Process,
  link: ChannelLink,
  request: JoinRequest,
): ViewProcess | Promise<ViewProcess> {
  const startedAt = performance.now();
  const view = new ViewProcess(process, link, request);
  const answer = (ending: Ending) => {
    const { departure } = ending;
    if (departure === undefined) link.joined(joinResponse(view, request, ending));
    else refuse(process, link, departureResponse(view, link, departure, ending.flash));
    if (viewMount.hasSubscribers) {
      const milliseconds = performance.now() - startedAt;
      viewMount.execute({ node: process.node.name, view: request.view.name, connected: true, milliseconds });
    }
    return view;
  };
  const failed = (thrown: unknown) => {
    refuse(process, link, failureResponse(link, thrown));
    return view;
  };
  try {
    const ending = mount(view, request);
    return ending instanceof Promise ? ending.then(answer).catch(failed) : answer(ending);
  } catch (thrown) {
    return failed(thrown);
  }
}

function refuse(process: Process, link: ChannelLink, response: string): void {
  link.refused(response);
  process.exit("normal");
}

/** Mounts a view with what it requires among its assigns. */
function mount(view: ViewProcess, request: JoinRequest): Ending | Promise<Ending> {
  const { definition, socket, node } = view;
  if (definition.requirements.length === 0) return view.mount(request);
  const go = (values: Readonly<Record<string, unknown>>) => {
    socket.assign(values);
    return view.mount(request);
  };
  const loaded = loadRequirements(definition, request.session, node);
  return loaded instanceof Promise ? loaded.then(go) : go(loaded);
}

/** The tree is the first member, as the reference server has it. */
function joinResponse(
  view: ViewProcess,
  { isNavigation, view: { definition } }: JoinRequest,
  { patch }: Ending,
): string {
  const rendered = `"rendered":{${view.firstRender()}}`;
  const livePatch = patch === undefined ? "" : `,"live_patch":${livePatchPayload(patch)}`;
  const container = isNavigation ? `,"container":${containerJson(definition.container)}` : "";
  return `{${rendered}${livePatch}${container},"liveview_version":"${clientVersion}"}`;
}

/** On a navigation the element of the page stays, and takes over the attributes of the new view's container. */
function containerJson({ tag = "div", attributes = {} }: Container): string {
  return JSON.stringify([tag, attributes]);
}

function departureResponse(view: ViewProcess, link: ChannelLink, departure: Departure, flash: FlashMessages): string {
  const payload = departurePayload(link.connection.endpoint.config, departure, flash);
  return `{"${departureEvent(departure)}":${payload},"events":${view.takeEvents()}}`;
}

function failureResponse({ connection, topic }: ChannelLink, thrown: unknown): string {
  const { node, config } = connection.endpoint;
  if (thrown instanceof UnmetRequirementError) {
    joinRefused.execute({ node: node.name, topic, reason: `unauthorized: ${thrown.message}` });
    return JSON.stringify({ reason: "unauthorized" });
  }
  const status = statusOf(thrown);
  if (status >= 500) throw thrown;
  joinRefused.execute({
    node: node.name,
    topic,
    reason: `the mount threw an error of status ${status}: ${toError(thrown).message}`,
  });
  return JSON.stringify({ reason: "reload", status, token: signReload(config, { status }) });
}
