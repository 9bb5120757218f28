import { accepts, type Conn, HttpError, type Plug, type Together } from "../plug/index.ts";
import type { Rendered } from "../template/index.ts";

/**
 * How something is shown, by format: one function for each, from what is to be shown to how it looks.
 *
 * What `html` makes goes into the layouts, what `json` makes is written as JSON. Other formats have the name of their
 * file extension and make text, bytes or markup.
 *
 * @example
 * export const PostView = {
 *   html: ({ post }: { post: Post }) => html`<h1>${post.title}</h1>`,
 *   json: ({ post }: { post: Post }) => ({ id: post.id, title: post.title }),
 *   txt: ({ post }: { post: Post }) => post.title,
 * };
 */
export interface View<Assigns> {
  readonly html?: (assigns: Assigns, conn: Conn) => Rendered;
  readonly json?: (assigns: Assigns, conn: Conn) => unknown;
  readonly [format: string]: ((assigns: Assigns, conn: Conn) => unknown) | undefined;
}

/** What a view needs: what each of its functions does, all at once. */
export type AssignsOf<Shown> = Together<
  Shown[keyof Shown] extends infer Show
    ? Show extends (assigns: infer Assigns, ...conn: never[]) => unknown
      ? unknown extends Assigns
        ? never
        : Assigns
      : never
    : never
>;

/**
 * Decides in which of its formats a view answers: in `conn.format`, or, where no `accepts()` has run, in the one that
 * the client likes best.
 *
 * @throws HttpError 406 if it is none of the view's.
 */
export function formatOf(conn: Conn, view: View<never>): string {
  if (conn.format === undefined) negotiation(view)(conn);
  const format = conn.format as string;
  if (Object.hasOwn(view, format) && view[format] !== undefined) return format;
  throw new HttpError(
    406,
    `${conn.method} ${conn.path} is to be answered as ${format}, and its view has ${formatsOf(view).join(", ")}: ` +
      `give the view a function ${format}, or take ${format} out of the accepts() of this route`,
  );
}

/** What `accepts()` makes of a view's formats, once for each view. */
const negotiations = new WeakMap<object, Plug>();

function negotiation(view: View<never>): Plug {
  const known = negotiations.get(view);
  if (known !== undefined) return known;
  const [first, ...others] = formatsOf(view);
  if (first === undefined) throw new Error("a view without a format cannot show anything: give it a function html");
  const plug = accepts(first, ...others);
  negotiations.set(view, plug);
  return plug;
}

function formatsOf(view: View<never>): string[] {
  return Object.keys(view).filter((format) => view[format] !== undefined);
}
