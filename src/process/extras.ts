import type { ExitCallback } from "./behaviour.ts";
import type { MailboxLimit } from "./mailbox.ts";
import type { ExitReason } from "./message.ts";

/** What few processes have, apart from the rest so that an idle process stays small. */
export class Extras {
  requestedExit: ExitReason | undefined = undefined;
  exitCallbacks: ExitCallback[] | undefined = undefined;
  timers: Set<NodeJS.Timeout> | undefined = undefined;
  started: PromiseWithResolvers<void> | undefined = undefined;
  onExitDelayed: (() => void) | undefined = undefined;
  mailboxLimit: MailboxLimit | undefined = undefined;
  /** Runs out when `terminate` takes too long after a crash. */
  terminateTimer: NodeJS.Timeout | undefined = undefined;
  trapExit = false;

  get isEmpty(): boolean {
    return (
      this.requestedExit === undefined &&
      this.exitCallbacks === undefined &&
      this.timers === undefined &&
      this.started === undefined &&
      this.onExitDelayed === undefined &&
      this.mailboxLimit === undefined &&
      !this.trapExit
    );
  }
}
