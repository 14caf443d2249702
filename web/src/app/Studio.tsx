/** The room of someone who is signed in: the rail, today's roll with the prompt bar below it, and the inspector. */
import { useState } from "react";

import { Composer, Inspector, RollCount, RollView } from "@/features/jobs";
import { CreditsLine } from "@/features/ledger";
import { useKeys } from "@/lib/keys";
import type { LiveStatus } from "@/lib/live";
import type { Me } from "@/sdk";

import { Rail } from "./Rail";
import { ShortcutSheet } from "./ShortcutSheet";
import { useLive } from "./useLive";

export function Studio({ me }: { me: Me }) {
  const status = useLive(me.workspace.id);
  const [hasSheet, setHasSheet] = useState(false);
  useKeys({ "?": () => setHasSheet(true) });
  return (
    <div className="grid min-h-dvh max-sm:grid-rows-[auto_1fr] sm:grid-cols-[60px_minmax(0,1fr)] xl:grid-cols-[60px_minmax(0,1fr)_300px]">
      <a
        href="#prompt"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("prompt")?.focus();
        }}
        className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-20 focus:rounded-control focus:bg-lamp focus:px-4 focus:py-2 focus:text-lamp-ink"
      >
        Go to the prompt
      </a>
      <Rail me={me} onKeys={() => setHasSheet(true)} />
      <main className="flex min-w-0 flex-col px-4 sm:px-[26px]">
        <header className="flex flex-wrap items-center gap-x-4 gap-y-2 pt-[18px] pb-3.5">
          <h1 className="display text-title">Today’s roll</h1>
          <Line status={status} />
          <div className="ml-auto flex items-center gap-4">
            <RollCount />
            <div className="xl:hidden">
              <CreditsLine />
            </div>
          </div>
        </header>
        <div className="grow pb-8">
          <RollView />
        </div>
        <div className="dock sticky bottom-0 z-10 sm:pb-5">
          <div className="mx-auto w-full max-w-[1240px]">
            <Composer />
          </div>
        </div>
      </main>
      <Inspector />
      {hasSheet && <ShortcutSheet onClose={() => setHasSheet(false)} />}
    </div>
  );
}

/** Only a line that is down is worth a word. */
function Line({ status }: { status: LiveStatus }) {
  return <output className="edge text-grease">{status === "away" && "Reconnecting"}</output>;
}
