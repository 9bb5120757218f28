import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { redirectBack } from "../../src/controller/index.ts";
import type { Conn, Plug } from "../../src/plug/index.ts";
import { redirectedTo, runPlug } from "../../src/testing/index.ts";

describe("redirectBack", () => {
  const app: Plug = (conn: Conn) => redirectBack(conn, { otherwise: "/posts" }, 303);
  const url = "http://localhost:4000";
  const like = async (headers: Readonly<Record<string, string>>) =>
    redirectedTo(await runPlug(app, { method: "POST", path: `${url}/like`, headers }), 303);

  it("leads to the page that the request came from", async () => {
    assert.equal(await like({ referer: `${url}/posts/7?page=2` }), "/posts/7?page=2");
  });

  it("leads elsewhere where that is not known", async () => {
    const elsewhere = [
      "",
      "about:blank",
      "javascript:alert(1)",
      "https://evil.example/posts/7",
      "https://evil.example@localhost.evil.example/",
      "//evil.example",
      `${url}//evil.example/x`,
      `${url}/.//evil.example/x`,
      "not a url",
      "data:text/html,x",
      `ftp://${new URL(url).host}/x`,
    ];
    for (const referer of elsewhere) assert.equal(await like({ referer }), "/posts", referer);
    assert.equal(await like({}), "/posts");
  });

  it("never leads a page to itself", async () => {
    const page = await runPlug(app, { path: `${url}/posts/7?a`, headers: { referer: `${url}/posts/7?a` } });
    assert.equal(redirectedTo(page, 303), "/posts");
  });
});
