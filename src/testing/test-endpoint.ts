import { type Endpoint, type OfflineEndpointOptions, offlineEndpoint } from "../endpoint/index.ts";
import { createNode } from "../process/index.ts";
import type { Router } from "../router/index.ts";

/**
 * An endpoint for a router alone: it answers requests of `conn()`, listens nowhere and need not be stopped. It stands on a
 * node of its own, without the other children that an application has; for these, start the application.
 *
 * @throws what `endpoint` throws at start.
 * @example
 * const shop = testEndpoint(appRouter, { session: { encrypt: true } });
 * const [ann, bob] = [conn(shop), conn(shop)];
 */
export function testEndpoint(router: Router, options: Omit<OfflineEndpointOptions, "router"> = {}): Endpoint {
  return offlineEndpoint(createNode("test"), { ...options, router });
}
