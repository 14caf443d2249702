/** Beside an open picture: its words, what is known of it, and what can be done with it. */
import { CloseIcon, CopyButton, DownloadIcon, IconButton } from "@/ui";

import { ActButtons } from "./ActButtons";
import type { Job } from "./model";
import { type Shot, shotName } from "./shots";
import { ShotFacts } from "./ShotFacts";
import { UseButtons } from "./UseButtons";

interface Props {
  shot: Shot;
  words: string;
  jobs: readonly Job[];
  onClose: () => void;
}

export function ViewerPanel({ shot, words, jobs, onClose }: Props) {
  const file = `daygen-${shotName(shot).replace("·", "-")}`;
  return (
    <aside aria-label="About this picture" className="flex min-h-0 flex-col gap-4 overflow-y-auto border-line bg-base p-[18px] pb-[max(18px,env(safe-area-inset-bottom))] max-lg:max-h-[46dvh] max-lg:border-t lg:border-l">
      <div className="flex items-center justify-between max-lg:hidden">
        <p className="edge">{shotName(shot)}</p>
        <IconButton name="Close" className="-m-2" onClick={onClose}>
          <CloseIcon />
        </IconButton>
      </div>
      <div className="grid gap-2">
        <p className="text-prompt text-ink wrap-anywhere">{words}</p>
        <UseButtons shot={shot} onUsed={onClose}>
          <CopyButton text={words} name="Copy the prompt" />
        </UseButtons>
      </div>
      <hr className="border-line" />
      <ShotFacts shot={shot} jobs={jobs} canCopy />
      <ActButtons shot={shot} within="dialog" />
      <a
        href={shot.output.url}
        download={file}
        className="mt-auto inline-flex h-10 shrink-0 items-center justify-center gap-2 rounded-control border border-line2 hover:bg-lift pointer-coarse:h-11"
      >
        <DownloadIcon /> Download
      </a>
    </aside>
  );
}
