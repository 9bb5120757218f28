/** An application that cannot start; the argument says how. */
import { application, run } from "../../src/process/index.ts";

await run(
  application({
    children: [
      {
        id: "unable",
        start(): never {
          if (process.argv[2] === "mistake") throw new TypeError("made by mistake");
          throw new Error("port 80 is taken; choose another");
        },
      },
    ],
  }),
);
