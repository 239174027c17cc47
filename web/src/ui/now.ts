import { ref } from "vue";

/** The time, to the half minute: what shows deadlines and days reads it. */
export const now = ref(Date.now());
setInterval(() => (now.value = Date.now()), 30_000);
