/** What the compiler says to people who make a mistake: it has to name it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { root } from "../house/project-files.ts";

/** A line of code, and what has to stand in what is said of it. */
const mistakes: readonly (readonly [code: string, said: readonly RegExp[]])[] = [
  [`routes.chats({ room: "x" });`, [/Property 'chats' does not exist/, /Did you mean 'chat'\?/]],
  ["routes.posts.list();", [/Property 'list' does not exist/]],
  ["routes.posts.comments.sho({ postId: 1, id: 2 });", [/Property 'sho' does not exist.*Did you mean 'show'\?/]],
  [
    "routes.chat({});",
    [/Property 'room' is missing in type '\{\}' but required in type 'PathParams<"\/chat\/:room">'/],
  ],
  ["routes.posts.comments.show({ id: 2 });", [/Property 'postId' is missing/]],
  [`routes.chat({ room: "x", page: 2 });`, [/'page' does not exist in type 'PathParams<"\/chat\/:room">'/]],
  [`routes.home({ room: "x" });`, [/'room' does not exist in type 'NoParams'/]],
  ["routes.chat.url(conn, {});", [/Property 'room' is missing/]],
  [
    `router().pipeline("browser", []).scope({ through: "brwser" }, () => {});`,
    [/'"brwser"' is not assignable to .*"browser"/],
  ],
  [
    `plain.get("/", show);`,
    [
      /not assignable to type '"no pipeline of this scope provides \\"currentUser\\", which is required"'|currentUser is required, and no pipeline of this scope provides it/,
    ],
  ],
  [`plain.live("/", view);`, [/currentUser is required, and no pipeline of this scope provides it/]],
  [`teams.get("/", both);`, [/currentUser is required, and no pipeline of this scope provides it/]],
  [`others.live("/", view);`, [/currentUser is required, and the pipelines of this scope provide another one/]],
  [`plain.get("/", (conn) => conn.assigns.currentUser.name);`, [/'conn.assigns.currentUser' is of type 'unknown'/]],
  [
    "plain.resources(routes.posts, { index: answer });",
    [/missing the following properties.* .*create, delete, edit, new, and 2 more/],
  ],
  [
    `plain.resources(routes.posts, everything, { only: ["indx"] });`,
    [/Type '"indx"' is not assignable to type .*"index"/],
  ],
  [`plain.resources("/posts", { show }, { only: ["show"] });`, [/Property 'currentUser' is missing/]],
  [`plain.get("/x/:id", (_conn: Conn, params: { post: string }) => void params);`, [/Property 'post' is missing/]],
  [
    `plain.forward("/api", (request: Request) => new Response(request.url));`,
    [/not assignable to parameter of type 'ForwardTarget'/],
  ],
];

describe("the compiler", () => {
  let folder: string;
  let said: ReadonlyMap<number, string>;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "anqa-type-messages-"));
    said = await complaintsAbout(
      folder,
      mistakes.map(([code]) => code),
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [index, [code, patterns]] of mistakes.entries()) {
    it(`names the mistake in ${code}`, () => {
      for (const pattern of patterns) assert.match(said.get(index) ?? "nothing was said", pattern);
    });
  }

  it("has nothing to say about the rest", () => {
    assert.deepEqual(
      [...said.keys()].filter((index) => index < 0),
      [],
      [...said.values()].join("\n"),
    );
  });
});

const preamble = `
import { action } from "${root}src/controller/index.ts";
import { html, liveView } from "${root}src/live/index.ts";
import { type Conn, provide, requirement } from "${root}src/plug/index.ts";
import { defineRoutes, resources, router } from "${root}src/router/index.ts";

interface User { readonly name: string }
const currentUser = requirement("currentUser", (): User | undefined => undefined);
const currentTeam = requirement("currentTeam", (): string => "red");
const otherUser = requirement("currentUser", () => 7);
const answer = () => {};
const everything = { index: answer, new: answer, create: answer, show: answer, edit: answer, update: answer, delete: answer };
const show = action(currentUser, answer);
const both = action([currentUser, currentTeam], answer);
const view = liveView("view").requires(currentUser).render(() => html\`\`);
const routes = defineRoutes({ home: "/", chat: "/chat/:room", posts: resources("/posts", { comments: resources("/comments") }) });
declare const conn: Conn;
const chain = router()
  .pipeline("users", [provide(currentUser)])
  .pipeline("teams", [provide(currentTeam)])
  .pipeline("others", [provide(otherUser)]);
chain.scope({ through: ["users", "teams"] }, (scope) => scope.get("/show", show).get("/both", both).live("/view", view));
routes.home();
`;

/** What tsc says of each line; -1 for what it says of the preamble. */
async function complaintsAbout(folder: string, lines: readonly string[]): Promise<ReadonlyMap<number, string>> {
  const scopes = ["plain", "teams", "others"].map((name) => {
    const through = name === "plain" ? "[]" : JSON.stringify(name);
    return `chain.scope({ through: ${through} }, (${name}) => {\n${lines.map((code) => (code.startsWith(`${name}.`) ? code : "")).join("\n")}\n});`;
  });
  const outside = lines.map((code) => (/^(?:plain|teams|others)\./.test(code) ? "" : code)).join("\n");
  const program = [preamble, ...scopes, outside].join("\n");
  writeFileSync(join(folder, "program.ts"), program);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: `${root}tsconfig.json`,
      compilerOptions: { typeRoots: [`${root}node_modules/@types`], noUnusedLocals: false },
      include: ["*.ts"],
      exclude: [],
    }),
  );
  const printed = await new Promise<string>((resolve) => {
    execFile(`${root}node_modules/.bin/tsc`, ["--noEmit", "--pretty", "false", "-p", folder], (_error, out) =>
      resolve(out),
    );
  });
  return readComplaints(printed, program, lines);
}

/** A complaint goes on in the indented lines that follow it. */
function readComplaints(printed: string, program: string, lines: readonly string[]): ReadonlyMap<number, string> {
  const said = new Map<number, string>();
  for (const [complaint, line] of printed.matchAll(/^.*program\.ts\((\d+),\d+\): .*(?:\n[ \t].*)*/gm)) {
    const code = program.split("\n")[Number(line) - 1] ?? "";
    const index = lines.indexOf(code);
    said.set(index, `${said.get(index) ?? ""}${complaint}\n`);
  }
  return said;
}
