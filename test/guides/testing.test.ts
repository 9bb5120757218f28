import assert from "node:assert/strict";
import { test } from "node:test";
import { guide as page } from "./extract.ts";
import { useGuide } from "./support.ts";

const guide = useGuide("testing");

for (const [file, tests] of Object.entries({
  "pages.test.ts": 3,
  "token.test.ts": 1,
  "api.test.ts": 4,
  "plugs.test.ts": 3,
})) {
  test(`the tests in ${file} pass`, async (t) => {
    assert.match(await guide.run(t, file), new RegExp(`^ℹ pass ${tests}$`, "m"));
  });
}

test("the application runs", async (t) => {
  const { url } = await guide.serve(t, "main.ts");
  assert.match(await (await fetch(`${url}/login`)).text(), /<h1>Log in<\/h1>/);
});

test("the message of the page is that of an assertion which fails", async () => {
  const [, shown] = /```text\n([\s\S]*?)```/.exec(page("testing")) ?? [];
  const { appRouter } = await import(`${guide.folder}/app.ts`);
  const { accept, conn, get, htmlResponse, initTestSession } = await import("../../src/testing/index.ts");
  const ann = initTestSession(accept(conn(appRouter), "json"), { user: "Ann" });
  const answered = await get(ann, "/notes/99");

  assert.throws(() => htmlResponse(answered, 200), { message: shown?.trimEnd() });
});
