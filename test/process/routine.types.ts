import type { Message } from "../../src/process/index.ts";
import { routine } from "../../src/process/routine.ts";

interface Ping extends Message {
  readonly event: "ping";
  readonly payload: { readonly round: number };
}

const isPing = (message: Message): message is Ping => message.event === "ping";

routine(async (self) => {
  const any: Message = await self.receive();
  const fitting: Message = await self.receive((message) => message.topic !== undefined);
  const ping: Ping = await self.receive(isPing);
  const late: Ping | undefined = await self.receive(isPing, { timeout: 10 });
  // @ts-expect-error a type guard narrows, a test does not
  const round: number = fitting.payload.round;
  // @ts-expect-error with a time-out there may be no message
  const surely: Ping = await self.receive(isPing, { timeout: 10 });
  // @ts-expect-error a matcher says yes or no
  await self.receive((message) => message.event);
  return void [any, ping.payload.round, late?.payload.round, round, surely];
});

// @ts-expect-error a routine is an async function
routine((self) => self.pid);
