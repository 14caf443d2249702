/** The gallery of parts: every component in every state, by day and by night, for eyes, screenshots and axe. */
import type { ReactNode } from "react";

import { CONTROLS, SURFACES, WORDS } from "./parts";

export function Specimens() {
  return (
    <main>
      <h1 className="sr-only">The parts of the page</h1>
      <div className="grid lg:grid-cols-2">
        <Sheet theme="light" />
        <Sheet theme="dark" />
      </div>
    </main>
  );
}

function Sheet({ theme }: { theme: "light" | "dark" }) {
  return (
    <section data-theme={theme} aria-label={theme === "light" ? "By day" : "By night"} className="grid min-w-0 content-start gap-10 bg-base p-6 text-ink">
      <h2 className="display text-large">{theme === "light" ? "Print paper" : "Darkroom"}</h2>
      {[...WORDS, ...CONTROLS, ...SURFACES].map(({ name, show }) => (
        <Part key={name} name={name}>
          {show()}
        </Part>
      ))}
    </section>
  );
}

function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section aria-label={name} className="grid min-w-0 gap-3 border-t border-line pt-3">
      <h3 className="edge">{name}</h3>
      {children}
    </section>
  );
}
