/** A change of address that moves what both pages show from one to the other, where the browser can and motion is wanted. */
import { wantsMotion } from "./useMedia";

/** As much of a router as is needed to know when it has drawn. */
interface Drawing {
  subscribe: (event: "onRendered", heard: () => void) => () => void;
}

const AT_MOST_MS = 400;

export function changing(router: Drawing, change: () => void): void {
  if (!("startViewTransition" in document) || !wantsMotion()) {
    change();
    return;
  }
  document.startViewTransition(
    () =>
      new Promise<void>((done) => {
        const finish = () => {
          stop();
          clearTimeout(timer);
          done();
        };
        const stop = router.subscribe("onRendered", finish);
        const timer = setTimeout(finish, AT_MOST_MS);
        change();
      }),
  );
}
