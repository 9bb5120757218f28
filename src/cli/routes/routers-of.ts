import { endpointSpecs } from "../../endpoint/index.ts";
import type { Application } from "../../process/index.ts";
import type { Router } from "../../router/index.ts";

/**
 * The routers of a module: those of the endpoints of the application that it exports as default, or else those that it
 * exports itself.
 */
export function routersOf(module: Readonly<Record<string, unknown>>): readonly Router[] {
  const { default: application } = module;
  if (isApplication(application)) return endpointSpecs(application.children).map(({ router }) => router);
  return [...new Set(Object.values(module).filter(isRouter))];
}

/** By their shape: the application may have another copy of the framework than this command. */
function isApplication(value: unknown): value is Application {
  return isObject(value) && typeof value.start === "function" && Array.isArray(value.children);
}

function isRouter(value: unknown): value is Router {
  return isObject(value) && ["call", "match", "check"].every((name) => typeof value[name] === "function");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
