import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionRefused, endpointStart, requestRefused, upgradeRefused } from "../../src/endpoint/index.ts";
import { logOwnEvents } from "../../src/endpoint/log-lines.ts";
import { startLogger } from "../../src/endpoint/logger.ts";
import { credentialsRefused, rateLimitExceeded, rateLimitFailed } from "../../src/plug/index.ts";
import { createNode } from "../../src/process/index.ts";

test("refusals of basicAuth() and rateLimit() have their lines, which a stranger's key cannot forge", async () => {
  const node = createNode("limits");
  const lines: { level: number; msg: string }[] = [];
  const stop = await startLogger(node, "test", "info", { write: (text) => lines.push(JSON.parse(text)) });
  logOwnEvents(node);
  const request = { node: "limits", method: "POST", path: "/login", remoteAddress: "203.0.113.7" };
  const limit = { ...request, policy: "login", retryAfterSeconds: 60 };
  credentialsRefused.execute(request);
  rateLimitExceeded.execute({ ...limit, key: "203.0.113.7" });
  rateLimitExceeded.execute({ ...limit, key: `a\n${"b".repeat(500)}` });
  rateLimitFailed.execute({ node: "limits", policy: "login", refused: false, error: new Error("no Redis") });
  stop();
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [
      [40, "POST /login from 203.0.113.7 was refused: wrong name or password"],
      [30, 'POST /login was refused for 60 s: "203.0.113.7" is over the limit "login"'],
      [30, `POST /login was refused for 60 s: "a\\u000a${"b".repeat(198)}…" is over the limit "login"`],
      [50, 'the store of the rate limit "login" failed, requests are let through: no Redis'],
    ],
  );
});

test("what was refused before it reached the application has its lines, which its sender cannot forge", async () => {
  const node = createNode("refusals");
  const lines: { level: number; msg: string }[] = [];
  const stop = await startLogger(node, "test", "info", { write: (text) => lines.push(JSON.parse(text)) });
  logOwnEvents(node);
  const from = { node: "refusals", remoteAddress: "203.0.113.7" };
  requestRefused.execute({ ...from, status: 408, reason: "The request took too long to arrive." });
  requestRefused.execute({ ...from, status: 414, reason: "Too long.", method: "GET", path: `/a\n${"b".repeat(500)}` });
  connectionRefused.execute({ ...from, reason: "Protocol\nerror" });
  upgradeRefused.execute({ ...from, path: "/a\rb", status: 404, reason: "No socket is served at this path." });
  stop();
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [
      [40, "a request from 203.0.113.7 was refused with 408: The request took too long to arrive."],
      [40, `GET "/a\\u000a${"b".repeat(197)}…" from 203.0.113.7 was refused with 414: Too long.`],
      [40, 'a connection from 203.0.113.7 was closed: "Protocol\\u000aerror"'],
      [40, 'a socket at "/a\\u000db" was refused to 203.0.113.7 with 404: No socket is served at this path.'],
    ],
  );
});

test("the start of an endpoint tells what to type, and where else it listens", async () => {
  const node = createNode("starts");
  const lines: { msg: string }[] = [];
  const stop = await startLogger(node, "test", "info", { write: (text) => lines.push(JSON.parse(text)) });
  logOwnEvents(node);
  const start = { node: "starts", environment: "production", url: "https://shop.example" };
  endpointStart.execute({ ...start, addresses: ["https://0.0.0.0:443", "http://0.0.0.0:80", "unix:/run/a.sock"] });
  endpointStart.execute({ ...start, addresses: ["unix:/run/a.sock"] });
  endpointStart.execute({ ...start, addresses: ["http://127.0.0.1:4000"] });
  stop();
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    [
      "Anqa listens at https://shop.example, at https://0.0.0.0:443 and http://0.0.0.0:80 and unix:/run/a.sock (production)",
      "Anqa listens at https://shop.example, at unix:/run/a.sock (production)",
      "Anqa listens at https://shop.example (production)",
    ],
  );
});
