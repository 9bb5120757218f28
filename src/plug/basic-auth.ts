import { isUtf8 } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import type { Conn } from "./conn.ts";
import { credentialsRefused } from "./events.ts";
import { HttpError } from "./http-error.ts";
import type { Plug } from "./plug.ts";

/** The one name and password that {@link basicAuth} lets in. */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Decides whether a name and a password belong together; both are in Unicode's form NFC. What it compares it has to
 * compare in constant time, passwords by their hashes.
 */
export type VerifyBasicCredentials = (conn: Conn, username: string, password: string) => boolean | Promise<boolean>;

/** How {@link basicAuth} asks for credentials. */
export interface BasicAuthOptions {
  /** Says in the browser's dialogue what the password is for; `Application` if absent. */
  readonly realm?: string;
}

/**
 * Asks for a name and a password with the browser's own dialogue (RFC 7617), to keep strangers off a page for operators.
 *
 * The name of who was let in is in `conn.assigns.basicAuthUser`. Everybody else is answered with 401 and
 * `www-authenticate`, whether the credentials are missing, malformed or wrong; wrong ones are reported as the
 * telemetry event `anqa.plug.basic_auth.refused`.
 *
 * **The password travels with every request, readable to everyone on the way unless that is https**: see `forceSsl`.
 * Nothing here slows down who tries one password after another: `rateLimit` does, before this plug.
 *
 * @param expected the only credentials, compared in constant time; or a function that knows more than one.
 * @throws at start if name or password are empty or cannot be sent; per request HttpError 401.
 *
 * @example
 * basicAuth({ username: "admin", password: process.env.ADMIN_PASSWORD ?? "" }, { realm: "Dashboard" })
 *
 * @example
 * basicAuth(async (conn, username, password) => {
 *   const user = await findUser(conn.node, username);
 *   conn.assigns.currentUser = user;
 *   return verifyPassword(user?.passwordHash, password);
 * })
 */
export function basicAuth(
  expected: BasicCredentials | VerifyBasicCredentials,
  { realm = "Application" }: BasicAuthOptions = {},
): Plug {
  if (!/^[\x20-\x7e]*$/.test(realm)) {
    throw new Error(
      `basicAuth(): the realm ${JSON.stringify(realm)} goes into a header: write it in ASCII, on one line`,
    );
  }
  const challenge = `Basic realm="${realm.replace(/["\\]/g, "\\$&")}", charset="UTF-8"`;
  const verify = typeof expected === "function" ? expected : compareWith(expected);
  return (conn) => {
    const header = conn.request.headers.authorization;
    const given = parseBasicAuth(header);
    if (given === undefined) throw refusal(conn, challenge, header !== undefined);
    const verdict = verify(conn, given.username, given.password);
    if (verdict instanceof Promise) return verdict.then((valid) => settle(conn, given, valid, challenge));
    settle(conn, given, verdict, challenge);
  };
}

/**
 * The `authorization` header that belongs to a name and a password, for tests and clients.
 *
 * @throws if the name contains a colon, or either of them a control character, which the header cannot express.
 * @example
 * await fetch(url, { headers: { authorization: basicAuthHeader("admin", "secret") } });
 */
export function basicAuthHeader(username: string, password: string): string {
  if (username.includes(":")) throw new Error(`the username ${JSON.stringify(username)} must not contain a colon`);
  if (control.test(username + password)) throw new Error("username and password must not contain control characters");
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** What an `authorization` header says; undefined unless it is a well-formed one of this scheme. */
function parseBasicAuth(header: string | undefined): BasicCredentials | undefined {
  const encoded = header === undefined ? undefined : basic.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, "base64");
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString().normalize("NFC");
  const colon = text.indexOf(":");
  if (colon === -1 || control.test(text)) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function compareWith({ username, password }: BasicCredentials): VerifyBasicCredentials {
  if (!username || !password) {
    throw new Error(
      `basicAuth(): the ${username ? "password" : "username"} is empty, so that anybody could come in: ` +
        "if it comes from the environment, its variable is not set",
    );
  }
  basicAuthHeader(username, password); // throws on what no client could send
  const expectedName = digest(username.normalize("NFC"));
  const expectedPassword = digest(password.normalize("NFC"));
  return (_conn, givenName, givenPassword) => {
    // Digests have one length, and both are compared: the time tells neither a length nor which of the two was wrong.
    const rightName = timingSafeEqual(digest(givenName), expectedName);
    const rightPassword = timingSafeEqual(digest(givenPassword), expectedPassword);
    return rightName && rightPassword;
  };
}

function settle(conn: Conn, { username }: BasicCredentials, valid: boolean, challenge: string): void {
  // Only the value true: what a forgetful function returns by accident lets nobody in.
  if (valid !== true) throw refusal(conn, challenge, true);
  conn.assigns.basicAuthUser = username;
}

function refusal(conn: Conn, challenge: string, tried: boolean): HttpError {
  const { node, method, path, remoteAddress } = conn;
  if (tried) credentialsRefused.execute({ node: node.name, method, path, remoteAddress });
  conn.setHeader("www-authenticate", challenge);
  return new HttpError(
    401,
    `${method} ${path} was refused: ${tried ? "its authorization header does not let it in" : "it has no authorization header"}`,
  );
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

const basic = /^basic +([a-z0-9+/]+={0,2}) *$/i;
const control = /\p{Cc}/u;
