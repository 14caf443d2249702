/** The whole page: signed out it is the door, signed in it is the studio. */
import { SignIn, useSession } from "@/features/identity";
import { sentence } from "@/sdk";
import { Button } from "@/ui";

import { Studio } from "./Studio";

export function App() {
  const session = useSession();
  if (session.data) return <Studio me={session.data} />;
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
