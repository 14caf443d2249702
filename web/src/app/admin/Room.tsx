/** The operators' room: the rail, and the queue of the house beside it. */
import { useState } from "react";

import { Inside } from "@/app/Inside";
import { Rail } from "@/app/Rail";
import { type Sheet, ShortcutSheet } from "@/app/ShortcutSheet";
import { QueuePage } from "@/features/admin";
import { useKeys } from "@/lib/keys";
import type { Me } from "@/sdk";

const KEYS: readonly Sheet[] = [
  {
    title: "Queue",
    keys: [
      ["Look again", "R"],
      ["Keys", "?"],
    ],
  },
];

export function Room() {
  return <Inside>{(me) => <Queue me={me} />}</Inside>;
}

function Queue({ me }: { me: Me }) {
  const [hasSheet, setHasSheet] = useState(false);
  useKeys({ "?": () => setHasSheet(true) });
  return (
    <div className="grid min-h-dvh max-sm:grid-rows-[auto_1fr] sm:grid-cols-[60px_minmax(0,1fr)]">
      <Rail me={me} onKeys={() => setHasSheet(true)} />
      <QueuePage />
      {hasSheet && <ShortcutSheet sheets={KEYS} onClose={() => setHasSheet(false)} />}
    </div>
  );
}
