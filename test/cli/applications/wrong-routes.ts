import { endpoint } from "anqa/endpoint";
import { application } from "anqa/process";
import { defineRoutes, router } from "anqa/router";

export default application({ children: [endpoint({ router: router(defineRoutes({ lost: "/lost" })) })] });
