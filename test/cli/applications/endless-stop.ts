/** Says that it is ready, and does not come to an end when it is told to. */
import { application } from "anqa/process";

export default application({
  children: [
    {
      id: "endless",
      shutdown: 3_600_000,
      start: (node) =>
        node.spawn("endless", () => {
          setInterval(() => {}, 3_600_000);
          process.stdout.write(`ready ${process.pid}\n`);
          return {
            receive() {},
            terminate() {
              process.stdout.write("is stopping\n");
              return new Promise(() => {});
            },
          };
        }),
    },
  ],
});
