import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { topic, topicMatches, topicName, type } from "../../src/pubsub/index.ts";

const shapes = { said: type<string>() };

suite("a topic", () => {
  test("with an exact name is its own address", () => {
    const News = topic("news", shapes);
    assert.equal(News.topic, "news");
    assert.equal(topicName(News), "news");
  });

  test("with a trailing star makes addresses of its family", () => {
    const Chat = topic("chat:*", shapes);
    assert.equal(Chat.pattern, "chat:*");
    assert.equal(Chat("a:b").topic, "chat:a:b");
    assert.equal(topicName(Chat("")), "chat:");
  });

  test("may have a star at the end only", () => {
    assert.throws(() => topic("chat:*:room", shapes), /topic "chat:\*:room": a \* may stand only at the end/);
    assert.throws(() => topic("**", shapes), /only at the end/);
  });

  test("given as text is its own name", () => {
    assert.equal(topicName("room:1"), "room:1");
  });

  test("matches the concrete names that belong to it", () => {
    const Chat = topic("chat:*", shapes);
    assert.ok(topicMatches(Chat, "chat:lobby"));
    assert.ok(topicMatches(Chat, "chat:"));
    assert.ok(!topicMatches(Chat, "chat"));
    assert.ok(!topicMatches(Chat, "chats:lobby"));
    assert.ok(topicMatches(topic("news", shapes), "news"));
    assert.ok(!topicMatches(topic("news", shapes), "news:1"));
    assert.ok(topicMatches(topic("*", shapes), "anything"));
  });
});
