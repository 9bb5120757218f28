/** Ends as soon as it is asked to start. */
import { application } from "anqa/process";

export default application({
  children: [{ id: "failing", start: () => process.exit(70) }],
});
