/** The room of someone who is signed in: the rail, today's roll, and the prompt bar docked below. */
import { Composer, RollCount, RollView } from "@/features/jobs";
import { Credits } from "@/features/ledger";
import type { LiveStatus } from "@/lib/live";
import type { Me } from "@/sdk";

import { Rail } from "./Rail";
import { useLive } from "./useLive";

export function Studio({ me }: { me: Me }) {
  const status = useLive(me.workspace.id);
  return (
    <div className="grid min-h-dvh max-sm:grid-rows-[auto_1fr] sm:grid-cols-[60px_minmax(0,1fr)]">
      <a
        href="#prompt"
        className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-20 focus:rounded-control focus:bg-lamp focus:px-4 focus:py-2 focus:text-lamp-ink"
      >
        Go to the prompt
      </a>
      <Rail workspace={me.workspace.name} />
      <main className="flex min-w-0 flex-col px-4 sm:px-[26px]">
        <header className="flex flex-wrap items-center gap-x-4 gap-y-2 pt-[18px] pb-3.5">
          <h1 className="display text-title">Today’s roll</h1>
          <RollCount />
          <Line status={status} />
          <div className="ml-auto">
            <Credits />
          </div>
        </header>
        <div className="grow pb-10">
          <RollView />
        </div>
        <div className="sticky bottom-0 z-10 mx-auto w-full max-w-[1240px] pb-[max(1.25rem,env(safe-area-inset-bottom))]">
          <Composer />
        </div>
      </main>
    </div>
  );
}

/** Only a line that is down is worth a word. */
function Line({ status }: { status: LiveStatus }) {
  return (
    <output className="edge text-grease">{status === "away" && "Reconnecting"}</output>
  );
}
