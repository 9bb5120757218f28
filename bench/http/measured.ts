/** A server that is measured: forked with a `PORT`, says when it listens, and how much CPU it has taken when asked. */
export const measured = {
  port: Number(process.env.PORT),
  ready(): void {
    process.send?.("ready");
    process.on("message", () => {
      const { user, system } = process.cpuUsage();
      process.send?.({ cpuMicroseconds: user + system });
    });
  },
};
