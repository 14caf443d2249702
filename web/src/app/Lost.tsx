/** An address that is nobody's. */
import { Link } from "@tanstack/react-router";

export function Lost() {
  return (
    <main className="grid min-h-dvh place-content-center justify-items-start gap-4 p-6">
      <h1 className="display text-title">There is nothing here</h1>
      <p className="text-ink2">The address may be mistyped.</p>
      <Link to="/" className="inline-flex h-9 items-center rounded-control border border-line2 px-3 hover:bg-lift">
        To the studio
      </Link>
    </main>
  );
}
