/** Hono on Node.js as its documentation shows it. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { measured } from "./measured.ts";

const app = new Hono();
app.get("/hello.json", (context) => context.json({ hello: "world" }));
serve({ fetch: app.fetch, port: measured.port, hostname: "127.0.0.1" }, () => measured.ready());
