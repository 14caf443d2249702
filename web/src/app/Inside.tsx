/** What lies behind the door: signed out it is the door itself. */
import type { ReactNode } from "react";

import { SignIn, useSession } from "@/features/identity";
import { type Me, sentence } from "@/sdk";
import { Button } from "@/ui";

export function Inside({ children }: { children: (me: Me) => ReactNode }) {
  const session = useSession();
  if (session.data) return children(session.data);
  if (session.data === null) return <SignIn />;
  if (session.isError) return <Unreachable why={sentence(session.error)} onRetry={() => void session.refetch()} />;
  return null;
}

function Unreachable({ why, onRetry }: { why: string; onRetry: () => void }) {
  return (
    <main className="grid min-h-dvh place-content-center justify-items-start gap-4 p-6">
      <h1 className="display text-title">DayGen does not answer</h1>
      <p className="text-ink2">{why}</p>
      <Button onClick={onRetry}>Try again</Button>
    </main>
  );
}
