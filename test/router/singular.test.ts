import assert from "node:assert/strict";
import { test } from "node:test";
import { type SingularOf, singularOf } from "../../src/router/resources/singular.ts";

/** What the compiler works out has to be what happens: each type here is the word at run time. */
const words: { readonly [Path in Paths]: SingularOf<Path> } = {
  "/posts": "post",
  "/blog/posts": "post",
  "/blog-categories": "blogCategory",
  "/new-blog-posts": "newBlogPost",
  "/addresses": "address",
  "/boxes": "box",
  "/branches": "branch",
  "/wishes": "wish",
  "/houses": "house",
  "/press": "press",
  "/people": "people",
  "/user_names": "user_name",
};

type Paths =
  | "/posts"
  | "/blog/posts"
  | "/blog-categories"
  | "/new-blog-posts"
  | "/addresses"
  | "/boxes"
  | "/branches"
  | "/wishes"
  | "/houses"
  | "/press"
  | "/people"
  | "/user_names";

for (const [path, word] of Object.entries(words)) {
  test(`one of ${path} is called ${word}`, () => assert.equal(singularOf(path), word));
}
