/** Who is asking. */
export { sessionQuery, useSession, useSignOut } from "./session";
export { SignIn } from "./SignIn";
