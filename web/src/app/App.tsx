/** The whole page: signed out it is the door, signed in it is the studio. */
import { Inside } from "./Inside";
import { Studio } from "./Studio";

export function App() {
  return <Inside>{(me) => <Studio me={me} />}</Inside>;
}
