/** The door: mail address and password, or the link that the terminal printed. */
import type { FormEvent, ReactNode } from "react";

import { sentence } from "@/sdk";
import { Button, Field } from "@/ui";

import { BlankFilm } from "./BlankFilm";
import { useSignIn } from "./session";

export function SignIn() {
  const signIn = useSignIn();
  const isLinkRejected = new URLSearchParams(location.search).get("link") === "rejected";

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
  }

  return (
    <main className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[1fr_auto_1fr] gap-y-10 overflow-x-clip py-10">
      <div aria-hidden="true" className="self-end">
        <BlankFilm />
      </div>
      <div className="rise mx-auto w-full max-w-[348px] px-5">
        <h1 className="display text-large">DayGen</h1>
        <p className="mt-2 text-ink2">Sign in to your studio.</p>
        <form onSubmit={submit} className="mt-7 grid gap-4">
          <Field label="E-mail address" name="email" type="email" autoComplete="username" required />
          <Field label="Password" name="password" type="password" autoComplete="current-password" required />
          {(signIn.isError || isLinkRejected) && (
            <p role="alert" className="border-l-2 border-grease pl-3 text-ink">
              {signIn.isError ? sentence(signIn.error) : "This sign-in link was used already or has expired."}
            </p>
          )}
          <Button look="lamp" type="submit" disabled={signIn.isPending} className="mt-1 h-11 text-prompt">
            Sign in
          </Button>
        </form>
        <p className="mt-6 border-t border-line pt-5 text-small leading-relaxed text-ink2">
          First time here? <Command>daygen up</Command> printed a sign-in link in the terminal. Opening it signs you in; no
          password is needed. <Command>daygen admin sign-in-link</Command> prints a new one.
        </p>
      </div>
    </main>
  );
}

function Command({ children }: { children: ReactNode }) {
  return <code className="font-edge text-[0.6875rem] whitespace-nowrap text-ink">{children}</code>;
}
