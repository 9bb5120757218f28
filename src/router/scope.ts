import type { RouteReference } from "./declaration.ts";
import { type ForwardTarget, forwardTarget } from "./forward/forward-target.ts";
import { type Below, type PathText, patternBelow } from "./matching/pattern.ts";
import { MethodScope, nothingServes } from "./method-scope.ts";
import type { PipelineNames, ProvidedThrough } from "./pipelines.ts";
import { describePlace, placeOfCall } from "./place.ts";
import type { ProvidedFor } from "./provided-for.ts";
import type { ResourceAction, SingularAction } from "./resources/resource-actions.ts";
import {
  type ActionsOf,
  type InnerPath,
  type ResourceController,
  type ResourceOf,
  resourceAt,
  resourceRoutes,
} from "./resources/resource-controller.ts";
import type { SingularOf } from "./resources/singular.ts";
import { type ActionChoice, type ResourceOptions, resource, resources } from "./resources.ts";
import type { LiveOptions, LiveTarget, RouteOptions } from "./route.ts";
import { type ResourcePaths, resourcePaths } from "./routes.ts";
import { type InnerScopeOptions, innerContext, type LiveSessionOptions } from "./scope-context.ts";

/**
 * Declares routes that share pipelines. Each method returns the scope itself.
 *
 * @typeParam Provided what its pipelines put among the assigns.
 * @typeParam Path what stands before patterns that are given as text.
 */
export class Scope<Provided = object, Path extends string = "/", Pipelines = object> extends MethodScope<
  Provided,
  Path
> {
  /**
   * Serves GET with a view: its HTML first, and then its process over the socket.
   *
   * @example scope.live(routes.chat, ChatLive, { action: "show" })
   */
  live<Pattern extends string, Needed>(
    route: RouteReference<Pattern>,
    target: LiveTarget<Needed> & ProvidedFor<Needed, Provided>,
    options: LiveOptions = {},
  ): this {
    if (typeof target?.render !== "function") throw nothingServes(route, target);
    // Its pipelines provide what it needs: that is what the types above, and the check at start, are for.
    const live = target as unknown as LiveTarget;
    return this.add(["GET"], route, { kind: "live", live }, `live ${live.name}`, options, this.live);
  }

  /**
   * Groups live routes: a client may go from one to another without a page load, and only within the group (protocol,
   * section 26). Without a group, routes through the same pipelines are one.
   *
   * **Pipelines run for page loads only**, so whatever the routes of a group need has to be among the requirements of their
   * views: those are loaded for every mount.
   *
   * @param name unique in the router.
   * @param given options, which may be left out, and the function that declares the routes.
   *
   * @example
   * scope.liveSession("shop", { assigns: { section: "shop" } }, (shop) => shop.live(routes.cart, CartLive))
   */
  liveSession(
    name: string,
    ...given:
      | [declare: Declare<Scope<Provided, Path, Pipelines>>]
      | [LiveSessionOptions, Declare<Scope<Provided, Path, Pipelines>>]
  ): this {
    const [options, declare] = given.length === 1 ? [{}, given[0]] : given;
    this.contents.liveSessions.push({ name, place: placeOfCall(this.liveSession) });
    declare(new Scope({ ...innerContext(this.context, options), liveSession: name }, this.contents));
    return this;
  }

  /**
   * Serves the seven usual routes of a thing with a controller that has an action for each: `index`, `new`, `create`,
   * `show`, `edit`, `update` (PATCH and PUT) and `delete`.
   *
   * @param routes an entry made by `resources` or `resource`, or the path as text. Of an entry that has fewer actions those
   * are served; of any, `only` or `except` choose.
   * @param nested declares what lies below a member, for paths given as text: `/posts/:postId/comments`.
   *
   * @example
   * scope
   *   .resources(routes.posts, PostController, { except: ["delete"] })
   *   .resources(routes.posts.comments, CommentController);
   */
  resources<
    const Given extends ResourcePaths | PathText,
    const Param extends string = "id",
    const Singular extends string = SingularOf<Given & string>,
    const Only extends ActionsOf<Given, ResourceAction> = ActionsOf<Given, ResourceAction>,
    const Except extends ActionsOf<Given, ResourceAction> = never,
  >(
    routes: Given,
    controller: ResourceController<
      ResourceOf<Given, Path, `/:${Param}`, `/:${Singular}${Capitalize<Param>}`>,
      Exclude<Only, Except>,
      Provided
    >,
    options: ResourceOptions<Param, Singular, Only, Except> & RouteOptions = {},
    nested?: (
      scope: Scope<
        Provided,
        InnerPath<ResourceOf<Given, Path, `/:${Param}`, `/:${Singular}${Capitalize<Param>}`>>,
        Pipelines
      >,
    ) => void,
  ): this {
    const { param, singular, ...rest } = options;
    if (typeof routes !== "string" && (param ?? singular) !== undefined) {
      throw new Error("resources(routes, …): param and singular are said where routes is defined, in defineRoutes");
    }
    const words = { ...(param && { param }), ...(singular && { singular }) };
    const given = typeof routes === "string" ? resources(routes as PathText, {}, words) : (routes as ResourcePaths);
    return this.#serveResource(resourceAt(this.context.path, given), controller, rest, nested, this.resources);
  }

  /**
   * The same for something of which there is one, such as the visitor's profile: without `index`, and without a param.
   *
   * @example scope.resource(routes.profile, ProfileController)
   */
  resource<
    const Given extends ResourcePaths | PathText,
    const Only extends ActionsOf<Given, SingularAction> = ActionsOf<Given, SingularAction>,
    const Except extends ActionsOf<Given, SingularAction> = never,
  >(
    routes: Given,
    controller: ResourceController<ResourceOf<Given, Path, "/", "/">, Exclude<Only, Except>, Provided>,
    options: ActionChoice<Only, Except> & RouteOptions = {},
    nested?: (scope: Scope<Provided, InnerPath<ResourceOf<Given, Path, "/", "/">>, Pipelines>) => void,
  ): this {
    const given = typeof routes === "string" ? resource(routes as PathText) : (routes as ResourcePaths);
    return this.#serveResource(resourceAt(this.context.path, given), controller, options, nested, this.resource);
  }

  /**
   * Hands every request whose path lies below `route` to another handler, whatever its method:
   *
   * - another **router**, whose routes join those of this one, below the path;
   * - a **plug**;
   * - an object with a **`fetch`** function from Request to Response, such as a Hono application. Bodies are streamed in
   *   both directions, and the request's `signal` aborts when the client goes away.
   *
   * The handler sees the rest of the path, `/` at least, in `conn.path` or in the request's URL; `conn.requestPath` is
   * what the client asked for. Routes of this router that name the path more exactly win.
   *
   * @example
   * scope.forward("/api", honoApp).forward(routes.dashboard, dashboardRouter)
   */
  forward<Pattern extends string>(
    route: RouteReference<Pattern>,
    target: ForwardTarget,
    options: RouteOptions = {},
  ): this {
    const forwarded = forwardTarget(target);
    return this.add(["*"], route, forwarded.target, forwarded.name, options, this.forward);
  }

  /**
   * A scope in this one: what it says of pipelines, path, name, assigns comes to what this one says; a host replaces it.
   *
   * @example
   * scope.scope({ path: "/admin", through: "admin" }, (admin) => admin.get("/", AdminController.index))
   */
  scope<
    const Through extends PipelineNames<Pipelines> = never,
    const Inner extends PathText = "/",
    Assigns extends object = object,
  >(
    options: InnerScopeOptions<Through, Inner, Assigns>,
    declare: (
      scope: Scope<Provided & ProvidedThrough<Pipelines, Through> & Assigns, Below<Path, Inner>, Pipelines>,
    ) => void,
  ): this {
    declare(new Scope(innerContext(this.context, options), this.contents));
    return this;
  }

  #serveResource(
    routes: ResourcePaths,
    controller: object,
    { only, except, ...options }: ActionChoice<string, string> & RouteOptions,
    nested: ((scope: never) => void) | undefined,
    calledFunction: (...values: never[]) => unknown,
  ): this {
    const { path, inner } = routes[resourcePaths];
    const choice = { ...(only && { only }), ...(except && { except }) };
    for (const { name, methods, pattern, action } of resourceRoutes(routes, controller, choice)) {
      if (action === undefined) {
        this.contents.problems.push(
          `the resource ${path} (${describePlace(placeOfCall(calledFunction))}) is served by a controller that has no ` +
            `action "${name}": write it, or leave it out with only or except`,
        );
        continue;
      }
      const named = options.name === undefined ? options : { ...options, name: `${options.name}.${name}` };
      this.add(methods, { pattern }, { kind: "action", action }, name, named, calledFunction);
    }
    // What the types of the two methods above call the inner path is this one.
    nested?.(new Scope({ ...this.context, path: patternBelow(path, inner) }, this.contents) as never);
    return this;
  }
}

type Declare<Declared> = (scope: Declared) => void;
