/** The line to the server, as everything on the page may heed it; only the live state sets it. */
import { ref } from "vue";

export type LinkState = "connecting" | "online" | "offline";
export const link = ref<LinkState>("connecting");
