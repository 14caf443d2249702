/** The addresses of the page: the studio, and the gallery of its parts, which nothing links to. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, type RouterHistory } from "@tanstack/react-router";

import { studioSearch } from "@/features/jobs";

import { App } from "./App";
import { Lost } from "./Lost";

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost });

const studio = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: App,
  validateSearch: studioSearch,
});

const specimens = createRoute({
  getParentRoute: () => root,
  path: "/__ui",
  component: lazyRouteComponent(() => import("./specimens/Specimens"), "Specimens"),
});

export function createPageRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([studio, specimens]),
    scrollRestoration: false,
    defaultPreload: false,
    ...(history ? { history } : {}),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}
