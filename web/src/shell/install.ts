/** Whether the browser offers to install the page, which it says once and early. */
import { shallowRef } from "vue";

interface Offer extends Event { prompt: () => Promise<unknown> }
export const offer = shallowRef<Offer | null>(null);
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer.value = event as Offer;
});
addEventListener("appinstalled", () => (offer.value = null));
export const isInstalled = (): boolean => matchMedia("(display-mode: standalone)").matches;
