import type { Conn, Flash, Plug } from "../plug/index.ts";
import { verifyFlash } from "./flash-token.ts";

/** Messages for the visitor, by kind: `info`, `error`, or whatever the layout knows how to show. */
export interface FlashMessages {
  readonly [kind: string]: string;
}

/**
 * Provides `conn.flash`: the messages that the request before this one left, for this page to show.
 *
 * Messages live in the session for one next request. A redirect shows no page, so it hands on what it was
 * given together with what it adds; any other answer ends them. Views leave theirs through the client, in the signed
 * cookie `__phoenix_flash__`, which is read and deleted here (protocol, sections 11 and 27).
 *
 * Comes after `fetchSession()` in a pipeline.
 */
export function fetchFlash(): Plug {
  return (conn) => {
    conn.installFlash(new RequestFlash({ ...messagesOfSession(conn), ...takeMessagesOfCookie(conn) }));
    conn.beforeSend(storeMessages);
  };
}

/**
 * Leaves a message for the page that the visitor sees next: this one if it is rendered, or that of a redirect.
 *
 * @param kind what the layout shows it as.
 * @throws unless `fetchFlash()` ran.
 *
 * @example
 * putFlash(conn, "info", "Saved.");
 * redirect(conn, { to: routes.posts() });
 */
export function putFlash(conn: Conn, kind: string, message: string): void {
  conn.flash.put(kind, message);
}

/**
 * Forgets messages, before they are shown.
 *
 * @param kind only those of this kind; without it, all.
 * @throws unless `fetchFlash()` ran.
 */
export function clearFlash(conn: Conn, kind?: string): void {
  conn.flash.clear(kind);
}

/** The messages to show on this page; none where `fetchFlash()` did not run. */
export function flashOf(conn: Conn): FlashMessages {
  // Every flash comes from fetchFlash(), which holds texts only.
  return conn.hasFlash ? (conn.flash.messages as FlashMessages) : noMessages;
}

const sessionKey = "_flash";
const cookieName = "__phoenix_flash__";
const noMessages: FlashMessages = Object.freeze({});

class RequestFlash implements Flash {
  #messages: FlashMessages;

  constructor(messages: FlashMessages) {
    this.#messages = messages;
  }

  get messages(): FlashMessages {
    return this.#messages;
  }

  put(kind: string, message: unknown): void {
    if (typeof message !== "string") {
      throw new TypeError(`the flash message "${kind}" is ${typeof message}; it must be text, since layouts print it`);
    }
    this.#messages = { ...this.#messages, [kind]: message };
  }

  clear(kind?: string): void {
    if (kind === undefined) this.#messages = noMessages;
    else this.#messages = Object.fromEntries(Object.entries(this.#messages).filter(([present]) => present !== kind));
  }
}

function messagesOfSession({ session }: Conn): FlashMessages {
  // The session is signed, and nobody else writes this key.
  return (session.get(sessionKey) ?? noMessages) as FlashMessages;
}

function takeMessagesOfCookie(conn: Conn): FlashMessages {
  // Asked this way first because the cookie is rare, and reading cookies takes the whole header apart.
  if (!conn.request.headers.cookie?.includes(cookieName)) return noMessages;
  const token = conn.cookies[cookieName];
  if (token === undefined) return noMessages;
  conn.deleteCookie(cookieName);
  return verifyFlash(conn.config, token);
}

function storeMessages(conn: Conn): void {
  const { status = 200, session } = conn;
  const messages = flashOf(conn);
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  if (isRedirect && Object.keys(messages).length > 0) session.put(sessionKey, messages);
  else session.delete(sessionKey);
}
