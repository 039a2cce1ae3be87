// Without a network: the service worker keeps the shell, and a band says that it is the kept one.
import { t } from "./words.js";

// The service worker marks a page that it had to give from what was kept.
let unreachable = "kept" in document.documentElement.dataset;
let band = null;

/** Have the shell kept on this phone, and the scanner's reader where `scanner`. A browser that cannot shows the page all the same. */
export function keepShell({ scanner = false } = {}) {
  if (!navigator.serviceWorker) return;
  const register = async () => {
    try {
      await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
      const { active } = await navigator.serviceWorker.ready;
      if (scanner) active.postMessage("keep the scanner");
    } catch {
      // Private windows and some web views refuse; nothing depends on it while there is a network.
    }
  };
  // What is on the screen comes first.
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}

/** Tell by a band above the page when there is no network, or nobody answers. */
export function tellOffline() {
  const show = () => {
    const offline = !navigator.onLine || unreachable;
    if (offline && !band) {
      band = document.createElement("p");
      band.className = "offline-band";
      band.setAttribute("role", "status");
      band.textContent = t("offline");
      document.body.prepend(band);
    } else if (!offline) {
      band?.remove();
      band = null;
    }
  };
  addEventListener("online", () => {
    unreachable = false;
    show();
  });
  addEventListener("offline", show);
  addEventListener("danzhu-network", ({ detail }) => {
    unreachable = !detail.reached;
    show();
  });
  show();
}
