/** Dead letters: what was given up, why, and the way to try it again. */
import { edgeNumber, formatElapsed } from "@/lib/format";
import type { Letter } from "@/sdk";
import { Button } from "@/ui";

import { verdict } from "./queue";
import { Section } from "./Sheet";

interface Props {
  letters: readonly Letter[];
  /** How many there are; the newest of them are shown. */
  count: number;
  at: string;
  refusals: Readonly<Record<string, string>>;
  onReplay: (letter: Letter) => void;
}

export function Letters({ letters, count, at, refusals, onReplay }: Props) {
  return (
    <Section title="Dead letters" count={count} className="min-[1700px]:col-span-2">
      {letters.length === 0 ? (
        <p className="border-t border-line py-2.5 text-ink2">None: nothing was given up.</p>
      ) : (
        <>
          <p className="pb-2.5 text-small text-ink2">A job is ordered anew by a replay, and its workspace pays for it.</p>
          <ul>
            {letters.map((letter) => (
              <Line key={letter.taskId} letter={letter} at={at} refusal={refusals[letter.taskId]} onReplay={() => onReplay(letter)} />
            ))}
          </ul>
          {count > letters.length && <p className="edge border-t border-line pt-3">{count - letters.length} older ones are not shown</p>}
        </>
      )}
    </Section>
  );
}

function Line({ letter, at, refusal, onReplay }: { letter: Letter; at: string; refusal: string | undefined; onReplay: () => void }) {
  const what = letter.jobId === null ? letter.kind : `Job ${edgeNumber(letter.jobId)}`;
  const age = formatElapsed(Date.parse(at) - Date.parse(letter.queuedAt));
  return (
    <li aria-label={what} className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-t border-line py-2.5 hover:bg-raise">
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <b className="font-strong">{verdict(letter)}</b>
          <span className="text-ink2 wrap-anywhere">{letter.reason}</span>
        </p>
        <p className="edge flex flex-wrap gap-x-2.5 gap-y-1.5">
          <span title={letter.jobId ?? letter.taskId} className="text-ink2">
            {what}
          </span>
          <span>{letter.pool}</span>
          <span>{letter.workspaceName ?? "the house"}</span>
          <span>ordered {age} ago</span>
        </p>
        {refusal !== undefined && (
          <p role="alert" className="text-small text-grease">
            Not replayed: {refusal}
          </p>
        )}
      </div>
      <Button className="pointer-coarse:h-11" aria-label={`Replay ${what}`} onClick={onReplay}>
        Replay
      </Button>
    </li>
  );
}
