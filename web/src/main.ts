import { createApp } from "vue";
import "./ui/tokens.css";
import "./ui/icons.css";
import "./ui/ui.css";
import "./ui/chat.css";
import "./ui/look.ts";
import App from "./shell/App.vue";
import { router } from "./routes.ts";
import { onFailure, say } from "./ui/lost.ts";

/** What does not fit says the rest to who points at it. */
document.addEventListener("pointerover", ({ target }) => {
  const cut = target instanceof HTMLElement ? target.closest<HTMLElement>(".clip") : null;
  if (!cut || (cut.title && cut.title !== cut.dataset["cut"])) return;
  cut.dataset["cut"] = cut.title = cut.scrollWidth > cut.clientWidth ? cut.textContent.trim() : "";
});
router.onError((error) => {
  console.error(error);
  say();
});
const app = createApp(App).use(router);
app.config.errorHandler = onFailure;
app.mount("#app");
