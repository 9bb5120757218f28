import { run } from "anqa/process";
import app from "./app.ts";

await run(app);
