/** The left rail: whose studio this is, its rooms, and the switches of the page. On a phone it lies on top. */
import { useSignOut } from "@/features/identity";
import { forgetDraft } from "@/features/jobs";
import { CreateIcon, DocsIcon, IconButton, KeysIcon, SignOutIcon, ThemeButton } from "@/ui";

export function Rail({ workspace, onKeys }: { workspace: string; onKeys: () => void }) {
  const signOut = useSignOut();
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
      <a
        href="/"
        aria-current="page"
        aria-label="Create"
        title="Create"
        className="relative grid size-10 place-items-center rounded-control text-ink pointer-coarse:size-11 before:absolute before:bg-lamp max-sm:before:inset-x-3 max-sm:before:-bottom-1.5 max-sm:before:h-[3px] sm:before:inset-y-3 sm:before:-left-2.5 sm:before:w-[3px] sm:before:rounded-r-[2px]"
      >
        <CreateIcon />
      </a>
      <a
        href="/docs"
        aria-label="API"
        title="API"
        className="grid size-10 place-items-center rounded-control text-ink3 hover:bg-lift hover:text-ink pointer-coarse:size-11"
      >
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
