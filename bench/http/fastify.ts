/** Fastify as its documentation shows it, with the schema of the answer that makes its serializer fast. */
import { fastify } from "fastify";
import { measured } from "./measured.ts";

const app = fastify();
const answer = { 200: { type: "object", properties: { hello: { type: "string" } } } };
app.get("/hello.json", { schema: { response: answer } }, async () => ({ hello: "world" }));
await app.listen({ port: measured.port, host: "127.0.0.1" });
measured.ready();
