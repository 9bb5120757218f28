import { accepts, type Conn, compilePipeline, type Params, type Plug, verifyToken } from "../../src/plug/index.ts";

declare const conn: Conn;

// A plug waits for nothing, or for a promise of nothing.
export const plugs: Plug[] = [() => {}, async () => {}, (given) => void given.halt(), accepts("html", "json")];
// @ts-expect-error the conn that a chain ends with is no promise to wait for
export const returning: Plug = (given) => given.halt();
// @ts-expect-error a pipeline is made of plugs
compilePipeline(["fetchSession"]);

// @ts-expect-error at least one format
accepts();

// What strangers send has to be looked at before it counts as text.
// @ts-expect-error a param may be an object
export const name: string = conn.params.name;
const { name: given } = conn.params;
export const checked: string = typeof given === "string" ? given : "";
export const nested: Params = { user: { tags: ["a", { b: "1" }], age: 7, admin: false, nothing: null } };

// What belongs to the request itself cannot be exchanged.
// @ts-expect-error
conn.path = "/elsewhere";
conn.method = "PUT";

const verified = verifyToken<{ id: number }>(conn.config, "reset", "token", { maxAge: 60 });
// @ts-expect-error whether it is valid comes first
verified.data;
export const outcome: number | "invalid" | "expired" = verified.ok ? verified.data.id : verified.reason;
// @ts-expect-error how old it may be is a number of seconds
verifyToken(conn, "reset", "token", { maxAge: "1h" });
