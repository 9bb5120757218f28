/**
 * Publish and subscribe: events sent to a topic reach everyone who listens to it.
 *
 * Topics are plain names (`room:42`) or declared with {@link topic}, which types what travels on them.
 *
 * @module
 */
export { type Broadcast, PubSub, pubSubOf, type Subscriber, type Unsubscribe } from "./pubsub.ts";
export {
  type Address,
  type AnyTopic,
  type EventsOf,
  type Topic,
  type TopicEvents,
  type TopicPattern,
  type TypeOf,
  topic,
  topicMatches,
  topicName,
  type,
} from "./topic.ts";
