/** The addresses of the page: the studio, the operators' queue, and the gallery of parts, which nothing links to. */
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

const queue = createRoute({
  getParentRoute: () => root,
  path: "/admin/queue",
  component: lazyRouteComponent(() => import("./admin/Room"), "Room"),
});

const specimens = createRoute({
  getParentRoute: () => root,
  path: "/__ui",
  component: lazyRouteComponent(() => import("./specimens/Specimens"), "Specimens"),
});

export function createPageRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([studio, queue, specimens]),
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
