import { checkSessionOptions, type ServerConfig } from "../plug/index.ts";
import type { EndpointOptions } from "./options.ts";
import { checkPreviousSecrets, findSecretKeyBase } from "./secret.ts";

/** The options of an endpoint with everything decided that the environment or a default decides. */
export interface Settings {
  readonly environment: ServerConfig["environment"];
  readonly secretKeyBase: string;
  readonly previousSecretKeyBases: readonly string[];
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The `url` option, taken apart. */
  readonly publicUrl: ServerConfig["url"] | undefined;
}

/** Process variables that configure an endpoint. */
export interface Variables {
  readonly NODE_ENV?: string | undefined;
  readonly PORT?: string | undefined;
  readonly SECRET_KEY_BASE?: string | undefined;
}

const environments: readonly string[] = ["development", "production", "test"];
const defaultPort = 4000;
const defaultMaxBodyBytes = 8_000_000;

/**
 * Decides the settings of an endpoint; an option wins over a variable, a variable over a default.
 *
 * @throws one sentence on the first value that cannot be used.
 */
export function settingsOf(options: EndpointOptions, variables: Variables): Settings {
  const environment = environmentOf(options, variables);
  checkSessionOptions(options.session);
  return {
    environment,
    secretKeyBase: findSecretKeyBase(environment, options.secretKeyBase ?? variables.SECRET_KEY_BASE, process.cwd()),
    previousSecretKeyBases: checkPreviousSecrets(options.previousSecretKeyBases ?? []),
    host: hostOf(options.host) ?? (environment === "production" ? "0.0.0.0" : "127.0.0.1"),
    port: portOf(options, variables, environment),
    publicUrl: options.url === undefined ? undefined : parsePublicUrl(options.url),
  };
}

/** The configuration that plugs and rooms above see, once the real port is known. */
export function serverConfig(
  options: EndpointOptions,
  settings: Settings,
  port: number,
  draining?: AbortSignal,
): ServerConfig {
  const { environment, secretKeyBase, previousSecretKeyBases, host, publicUrl } = settings;
  return Object.freeze<ServerConfig>({
    environment,
    secretKeyBase,
    previousSecretKeyBases,
    url: publicUrl ?? { scheme: options.https === undefined ? "http" : "https", host: reachableHost(host), port },
    maxBodyBytes: options.maxBodyBytes ?? defaultMaxBodyBytes,
    ...(options.session === undefined ? {} : { session: options.session }),
    ...(options.errors === undefined ? {} : { errors: options.errors }),
    ...(draining === undefined ? {} : { draining }),
  });
}

/** A configured URL as text, without the port if it is the scheme's own: `https://chat.example.org`. */
export function formatUrl({ scheme, host, port }: ServerConfig["url"]): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === defaultPortOf(scheme) ? `${scheme}://${name}` : `${scheme}://${name}:${port}`;
}

/** The port that a URL of this scheme means when it names none. */
export function defaultPortOf(scheme: string): number {
  return scheme === "https" ? 443 : 80;
}

function environmentOf(options: EndpointOptions, variables: Variables): ServerConfig["environment"] {
  // An empty variable counts as unset everywhere: that is how shells and containers unset one.
  const environment = options.environment ?? (variables.NODE_ENV || "development");
  if (environments.includes(environment)) return environment as ServerConfig["environment"];
  throw new Error(`NODE_ENV is "${environment}", but the endpoint knows only ${environments.join(", ")}`);
}

function portOf(options: EndpointOptions, variables: Variables, environment: string): number {
  const given = options.port ?? (variables.PORT || (environment === "test" ? 0 : defaultPort));
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  const source = options.port === undefined ? "the variable PORT" : "the endpoint's option port";
  throw new Error(`${source} is ${JSON.stringify(given)}: a port is a whole number from 0 to 65535`);
}

function parsePublicUrl(text: string): ServerConfig["url"] {
  const url = URL.parse(text);
  const scheme = url?.protocol.slice(0, -1);
  if (url === null || (scheme !== "http" && scheme !== "https")) {
    throw new Error(`the endpoint's option url is ${JSON.stringify(text)}: give it like https://chat.example.org`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { scheme, host, port: url.port === "" ? defaultPortOf(scheme) : Number(url.port) };
}

/** As `listen` takes it; an IPv6 address may be given as it stands in a URL. */
export function hostOf(host: string | undefined): string | undefined {
  return host?.replace(/^\[|\]$/g, "");
}

/** What to type for an address that was bound; "every address" is no name that a browser can open. */
function reachableHost(host: string): string {
  return ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : host;
}
