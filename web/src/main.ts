import { createApp } from "vue";
import "./ui/tokens.css";
import "./ui/icons.css";
import "./ui/ui.css";
import "./ui/chat.css";
import "./ui/look.ts";
import App from "./shell/App.vue";
import { router } from "./routes.ts";

createApp(App).use(router).mount("#app");
