/** The application of `bench/app.ts`. */
import "../app.ts";
import { get } from "../load/http.ts";
import { measured } from "./measured.ts";

await get(measured.port, "/hello.json");
measured.ready();
