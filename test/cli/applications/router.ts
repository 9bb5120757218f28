import { defineRoutes, router } from "anqa/router";

export const routes = defineRoutes({ home: "/" });

export const pages = router(routes).scope({ through: [] }, (scope) => scope.get(routes.home, () => {}));
