/** A newer version of the page that has come whole and waits; the worker's part is loaded later. */
import { shallowRef } from "vue";

export const waiting = shallowRef<ServiceWorker | null>(null);
