import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { useGuide, Visitor } from "./support.ts";

const guide = useGuide("endpoint-and-deployment");
const secret = { SECRET_KEY_BASE: "x".repeat(64) };

test("files are served, and others are not", async (t) => {
  const { url } = await guide.serve(t);

  const style = await fetch(`${url}/assets/app.css`);
  assert.equal(style.headers.get("content-type"), "text/css");
  assert.equal(await style.text(), "h1 { color: teal; }\n");
  assert.equal((await fetch(`${url}/assets/.secret`)).status, 404);
});

test("production does not start without a secret, and says how to make one", async (t) => {
  const program = guide.start(t, "app.ts", { NODE_ENV: "production" });

  assert.equal(await program.exitCode, 1);
  assert.match(program.printed, /the variable SECRET_KEY_BASE is missing\..*node -p "crypto/s);
});

test("production listens everywhere, and logs JSON", async (t) => {
  const { program, url } = await guide.serve(t, "app.ts", { NODE_ENV: "production", ...secret });

  assert.match(await (await fetch(url)).text(), /<h1>Shop<\/h1>/);
  assert.equal(JSON.parse(program.printed.split("\n")[0] as string).msg.endsWith("(production)"), true);
});

test("a foreign page may not open a socket, and is named in the log", async (t) => {
  const { program, url } = await guide.serve(t, "app.ts", secret);
  const upgrade = request(`${url}/live/websocket?vsn=2.0.0`, {
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
      origin: "https://elsewhere.example.org",
    },
  });
  const status = new Promise((resolve) => upgrade.on("response", (response) => resolve(response.statusCode)));
  upgrade.end();

  assert.equal(await status, 403);
  await program.prints(/allow it in the endpoint's option checkOrigin: \["https:\/\/elsewhere\.example\.org"\]/);
});

test("it is told where people reach it", async (t) => {
  const program = guide.start(t, "app.ts", { ...secret, PUBLIC_URL: "https://shop.example.org" });

  await program.prints(/listens at https:\/\/shop\.example\.org/);
});

test("it stops in peace when it is asked to", async (t) => {
  const { program, url } = await guide.serve(t);
  await fetch(url);

  assert.equal(await program.stop(), 0);
});

test("a page that is not there is told", async (t) => {
  const visitor = await new Visitor(await guide.serve(t)).get("/nowhere");

  assert.equal(visitor.status, 404);
});
