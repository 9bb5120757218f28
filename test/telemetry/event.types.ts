import { telemetryEvent } from "../../src/telemetry/index.ts";

const orderPlaced = telemetryEvent<{ total: number }>("shop.order.placed");

orderPlaced.execute({ total: 12.5 });
export const detach: () => void = orderPlaced.attach(({ total }) => total.toFixed(2));

// @ts-expect-error the payload is of another type
orderPlaced.execute({ total: "12.5" });

// @ts-expect-error the payload has no such member
orderPlaced.attach(({ sum }) => sum);
