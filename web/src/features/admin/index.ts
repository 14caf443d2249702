/** What operators see of the house. */
export { QueuePage } from "./QueuePage";
