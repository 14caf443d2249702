/** The whole page: signed out it is one form, signed in it is the roll. */
export function App() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <h1 className="font-title text-huge font-[650] tracking-[-0.025em]">DayGen</h1>
    </main>
  );
}
