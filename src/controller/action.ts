import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type ConnWith, type Params, type ProvidedBy, type Requirement, validate } from "../plug/index.ts";

/**
 * An action that says what it requires: the router serves it only behind pipelines that provide it.
 *
 * @typeParam Outcome what it gives back; nothing, unless `actionFallback` takes care of it.
 */
export interface RequiringAction<Provided, Given, Outcome = void | Promise<void>> {
  (conn: ConnWith<Provided>, params: Given): Outcome;
  readonly requirements: readonly Requirement[];
}

/** One requirement, or several. */
type Required = Requirement | readonly Requirement[];

type ProvidedByAll<All extends Required> = ProvidedBy<
  All extends readonly (infer One extends Requirement)[] ? One : Extract<All, Requirement>
>;

/**
 * An action that declares what it needs: requirements, which it finds in `conn.assigns`; a schema for its params, of which it
 * gets what the schema makes of them; or both. The types of the handler follow.
 *
 * A schema sees `conn.params`: those of path, body and query in one. What it refuses is answered with status 422 and
 * the errors of each field ({@link InvalidParamsError}), and the handler does not run.
 *
 * A route to it whose pipelines do not provide what it requires does not compile, and is reported at start.
 *
 * @param handler gets, with a schema, the checked value, and then the params as they came.
 *
 * @example
 * const NewPost = z.object({ title: z.string().min(1) });
 *
 * export const PostController = {
 *   index: action(currentUser, (conn) => render(conn, PostsPage(postsOf(conn.assigns.currentUser)))),
 *   create: action(currentUser, NewPost, async (conn, { title }) => {
 *     const post = await createPost(conn.assigns.currentUser, title);
 *     redirect(conn, { to: routes.posts.show({ id: post.id }) });
 *   }),
 * };
 */
export function action<const All extends Required, Outcome, Given = Params>(
  required: All,
  handler: (conn: ConnWith<ProvidedByAll<All>>, params: Given) => Outcome,
): RequiringAction<ProvidedByAll<All>, Given, Outcome>;
export function action<Schema extends StandardSchemaV1, Outcome, Given = Params>(
  schema: Schema,
  handler: (conn: ConnWith<object>, value: StandardSchemaV1.InferOutput<Schema>, params: Given) => Outcome,
): RequiringAction<object, Given, AfterChecking<Outcome>>;
export function action<const All extends Required, Schema extends StandardSchemaV1, Outcome, Given = Params>(
  required: All,
  schema: Schema,
  handler: (conn: ConnWith<ProvidedByAll<All>>, value: StandardSchemaV1.InferOutput<Schema>, params: Given) => Outcome,
): RequiringAction<ProvidedByAll<All>, Given, AfterChecking<Outcome>>;
export function action(...given: Arguments): RequiringAction<object, Params, unknown> {
  const { requirements, schema, handler } = read(given);
  const serve = (conn: ConnWith<object>, params: Params): unknown => {
    for (const { name } of requirements) if (conn.assigns[name as never] === undefined) throw unprovided(conn, name);
    if (schema === undefined) return handler(conn, params);
    const checked = validate(schema, params);
    if (!(checked instanceof Promise)) return handler(conn, checked, params);
    return checked.then((value) => handler(conn, value, params));
  };
  Object.defineProperty(serve, "name", { value: handler.name });
  return Object.assign(serve, { requirements: Object.freeze([...requirements]) });
}

/** A schema may be asynchronous, which its type does not tell. */
type AfterChecking<Outcome> = Outcome | Promise<Awaited<Outcome>>;

type Handler = (conn: ConnWith<object>, ...given: unknown[]) => unknown;
type Arguments =
  | [required: Required | StandardSchemaV1, handler: Handler]
  | [required: Required, schema: StandardSchemaV1, handler: Handler];

function read(given: Arguments): {
  readonly requirements: readonly Requirement[];
  readonly schema: StandardSchemaV1 | undefined;
  readonly handler: Handler;
} {
  const [first, second, third] = given;
  if (third !== undefined)
    return { requirements: listed(first as Required), schema: second as StandardSchemaV1, handler: third };
  if (isSchema(first)) return { requirements: [], schema: first, handler: second as Handler };
  return { requirements: listed(first), schema: undefined, handler: second as Handler };
}

function isSchema(value: Required | StandardSchemaV1): value is StandardSchemaV1 {
  return "~standard" in value;
}

function listed(required: Required): readonly Requirement[] {
  return "load" in required ? [required] : required;
}

/** Only for who calls an action past the router: that one has checked it at start. */
function unprovided({ method, path }: ConnWith<object>, name: string): Error {
  return new Error(
    `${method} ${path} needs conn.assigns.${name}, which no plug has put there: call it behind provide(${name})`,
  );
}
