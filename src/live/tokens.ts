import type { FlashMessages } from "../controller/index.ts";
import { type ServerConfig, signToken, verifyToken } from "../plug/index.ts";

/** What the page's element says about its view (PROTOCOL section 12). */
export interface SessionToken {
  /** The id of the element. */
  readonly id: string;
  /** The name of the view. */
  readonly view: string;
  /** See `liveSessionOf`. */
  readonly liveSession: string;
  /** A CSRF token of the visitor's session: what the page's pipelines have checked, they have checked for that one. */
  readonly visitor: string;
}

/** What the page was rendered with. */
export interface StaticToken {
  readonly id: string;
  readonly flash: FlashMessages;
}

/** What a join that failed with a status wants to be shown instead. */
export interface ReloadToken {
  readonly status: number;
}

const sessionSalt = "anqa live session";
const staticSalt = "anqa live static";
const reloadSalt = "anqa live reload";

/** Part of every token that outlives a deployment. Another version counts as invalid. */
const version = 1;

const twoWeeks = { maxAge: 14 * 24 * 60 * 60 };
const oneMinute = { maxAge: 60 };

export function signSession(config: ServerConfig, { id, view, liveSession, visitor }: SessionToken): string {
  return signToken(config, sessionSalt, [version, id, view, liveSession, visitor]);
}

/** The content of a session token that is genuine and not older than two weeks. */
export function verifySession(config: ServerConfig, token: string): SessionToken | undefined {
  const verified = verifyToken<[number, string, string, string, string]>(config, sessionSalt, token, twoWeeks);
  if (!verified.ok || verified.data[0] !== version) return undefined;
  const [, id, view, liveSession, visitor] = verified.data;
  return { id, view, liveSession, visitor };
}

export function signStatic(config: ServerConfig, { id, flash }: StaticToken): string {
  return signToken(config, staticSalt, [version, id, flash]);
}

/** The content of a static token that is genuine and not older than two weeks. */
export function verifyStatic(config: ServerConfig, token: string): StaticToken | undefined {
  const verified = verifyToken<[number, string, FlashMessages]>(config, staticSalt, token, twoWeeks);
  if (!verified.ok || verified.data[0] !== version) return undefined;
  const [, id, flash] = verified.data;
  return { id, flash };
}

export function signReload(config: ServerConfig, reload: ReloadToken): string {
  return signToken(config, reloadSalt, reload);
}

/** The status that a reload token asks for; 500 if it is not genuine or older than a minute (PROTOCOL section 11). */
export function reloadStatus(config: ServerConfig, token: string): number {
  const verified = verifyToken<ReloadToken>(config, reloadSalt, token, oneMinute);
  return verified.ok ? verified.data.status : 500;
}
