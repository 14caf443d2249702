/** Every key of the room on one sheet. */
import { CloseIcon, Dialog, IconButton, Kbd } from "@/ui";

export interface Sheet {
  title: string;
  keys: readonly (readonly [string, ...string[]])[];
}

const STUDIO: readonly Sheet[] = [
  {
    title: "Prompt",
    keys: [
      ["Go to the prompt", "/"],
      ["Generate", "Enter"],
      ["New line", "Shift+Enter"],
      ["Earlier prompts, in an empty field", "ArrowUp"],
      ["Turn the shape", "X"],
    ],
  },
  {
    title: "Roll",
    keys: [
      ["Mark a frame", "ArrowLeft", "ArrowRight"],
      ["Next strip", "ArrowUp", "ArrowDown"],
      ["Open it", "Enter"],
      ["Take the mark away", "Esc"],
    ],
  },
  {
    title: "With a picture",
    keys: [
      ["Vary: subtle, strong", "V", "Shift+V"],
      ["Upscale: 2×, 4×", "U", "Shift+U"],
      ["Reframe", "R"],
      ["Describe", "D"],
      ["Edit", "E"],
      ["Animate", "A"],
    ],
  },
  {
    title: "Viewer",
    keys: [
      ["Next, previous", "ArrowLeft", "ArrowRight"],
      ["By strip", "ArrowUp", "ArrowDown"],
      ["Whole or 1:1", "Z"],
      ["Closer, further", "+", "-"],
      ["Surround: black, grey, white", "B"],
      ["Close", "Esc"],
    ],
  },
];

export function ShortcutSheet({ sheets = STUDIO, onClose }: { sheets?: readonly Sheet[]; onClose: () => void }) {
  return (
    <Dialog label="Keys" onClose={onClose} look="card">
      <div className="grid gap-5 p-6">
        <div className="flex items-center justify-between">
          <h2 className="display text-title">Keys</h2>
          <IconButton name="Close" className="-m-2" onClick={onClose}>
            <CloseIcon />
          </IconButton>
        </div>
        <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
          {sheets.map(({ title, keys }) => (
            <section key={title} aria-label={title}>
              <h3 className="edge pb-2">{title}</h3>
              <dl>
                {keys.map(([what, ...how]) => (
                  <div key={what} className="flex min-h-8 items-center justify-between gap-4 border-t border-line">
                    <dt className="text-ink2">{what}</dt>
                    <dd className="flex gap-1">
                      {how.map((key) => (
                        <Kbd key={key} keys={key} className="min-w-5 rounded-[4px] border border-line2 px-1.5 py-1 text-center text-ink" isRead />
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <p className="text-small text-ink3">Single keys rest while you write.{sheets === STUDIO && " What no model offers does nothing."}</p>
      </div>
    </Dialog>
  );
}
