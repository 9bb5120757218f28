import { run } from "anqa/process";
import { showcase } from "./app.ts";

await run(showcase({ database: process.env.DATABASE }));
