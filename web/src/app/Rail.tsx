/** The left rail: whose studio this is, its rooms, and the switches of the page. On a phone it lies on top. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useSignOut } from "@/features/identity";
import { forgetDraft } from "@/features/jobs";
import type { Me } from "@/sdk";
import { CreateIcon, DocsIcon, IconButton, KeysIcon, QueueIcon, SignOutIcon, ThemeButton } from "@/ui";

const PLACE = "relative grid size-10 place-items-center rounded-control pointer-coarse:size-11";
const ELSEWHERE = "text-ink3 hover:bg-lift hover:text-ink";
const HERE =
  "text-ink before:absolute before:bg-lamp max-sm:before:inset-x-3 max-sm:before:-bottom-1.5 max-sm:before:h-[3px] sm:before:inset-y-3 sm:before:-left-2.5 sm:before:w-[3px] sm:before:rounded-r-[2px]";

export function Rail({ me, onKeys }: { me: Me; onKeys: () => void }) {
  const signOut = useSignOut();
  const workspace = me.workspace.name;
  return (
    <nav
      aria-label="DayGen"
      className="z-10 flex items-center gap-1.5 border-line bg-base max-sm:sticky max-sm:top-0 max-sm:border-b max-sm:px-3 max-sm:py-1.5 sm:sticky sm:top-0 sm:h-dvh sm:w-[60px] sm:flex-col sm:border-r sm:py-3.5"
    >
      <span className="sr-only">{workspace}</span>
      <span
        title={workspace}
        aria-hidden="true"
        className="display grid size-[34px] place-items-center rounded-round bg-grease text-[0.9375rem] text-grease-ink sm:mb-3.5"
      >
        {workspace.trim().charAt(0).toLowerCase()}
      </span>
      <Place to="/" name="Create">
        <CreateIcon />
      </Place>
      {me.user?.isOperator === true && (
        <Place to="/admin/queue" name="Queue">
          <QueueIcon />
        </Place>
      )}
      <a href="/docs" aria-label="API" title="API" className={`${PLACE} ${ELSEWHERE}`}>
        <DocsIcon />
      </a>
      <div className="grow" />
      <IconButton name="Keys" className="pointer-coarse:hidden" onClick={onKeys}>
        <KeysIcon />
      </IconButton>
      <ThemeButton />
      <IconButton name="Sign out" disabled={signOut.isPending} onClick={() => void signOut.mutateAsync().then(forgetDraft, () => undefined)}>
        <SignOutIcon />
      </IconButton>
    </nav>
  );
}

/** A room of the page; the router says which one this is. */
function Place({ to, name, children }: { to: "/" | "/admin/queue"; name: string; children: ReactNode }) {
  return (
    <Link
      to={to}
      aria-label={name}
      title={name}
      activeOptions={{ exact: true, includeSearch: false }}
      activeProps={{ className: HERE }}
      inactiveProps={{ className: ELSEWHERE }}
      className={PLACE}
    >
      {children}
    </Link>
  );
}
