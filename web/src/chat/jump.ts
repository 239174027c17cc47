import { ref } from "vue";

/** Whether the jump box is open. */
export const jumping = ref(false);
