// The buyer's client: its words, its screens, the bar below them.
import { addWords, t } from "../shared/words.js";
import { WORDS } from "../words/client.js";
import "../shared/care.js";
import { keepShell, tellOffline } from "../shared/offline.js";
import { html, render } from "../shared/view.js";
import { Screens, useHere } from "../shared/router.js";
import { say } from "../shared/parts.js";
import { demo, returnFromWechat } from "./buyer.js";

addWords(WORDS);
tellOffline();
keepShell();

const ROUTES = [
  ["/", () => import("./screens/home.js")],
  ["/trees", () => import("./screens/trees.js")],
  ["/trees/:code", () => import("./screens/tree.js")],
  ["/buy", () => import("./screens/buy.js")],
  ["/forest", () => import("./screens/forest.js")],
  ["/certificates", () => import("./screens/certificates.js")],
  ["/gifts", () => import("./screens/gifts.js")],
  ["/claim", () => import("./screens/claim.js")],
  ["/claim/:code", () => import("./screens/claim.js")],
  ["/footprint", () => import("./screens/footprint.js")],
  ["/me", () => import("./screens/me.js")],
  ["/household", () => import("./screens/household.js")],
  ["/orders", () => import("./screens/orders.js")],
  ["/orders/:number", () => import("./screens/order.js")],
  ["/orders/:number/pay", () => import("./screens/pay.js")],
];

const TABS = [
  ["/", "tab.home", "M4 11l8-7 8 7v9h-5v-6H9v6H4z"],
  ["/trees", "tab.trees", "M12 21v-5m0-13l5 7h-3l4 6H6l4-6H7z"],
  ["/forest", "tab.forest", "M8 20v-3m0-11l4 6H9.500l3 5h-9l3-5H4zm8.500 14v-3m0-8l3.500 5h-2l2.500 3h-6"],
  ["/me", "tab.me", "M12 12a4 4 0 100-8 4 4 0 000 8zm-8 9c.5-4.500 3.500-6.500 8-6.500s7.500 2 8 6.500"],
];

function Tabs() {
  const { path } = useHere();
  const current = (root) => (root === "/" ? path === "/" : path === root || path.startsWith(`${root}/`));
  return html`<nav class="tabs no-print" aria-label=${t("tabs")}>
    ${TABS.map(([root, name, drawing]) => html`
      <a href=${`#${root}`} aria-current=${current(root) ? "page" : null}>
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.800" stroke-linejoin="round" stroke-linecap="round" aria-hidden="true"><path d=${drawing} /></svg>
        ${t(name)}
      </a>`)}
  </nav>`;
}

const Client = () => html`
  ${demo && html`<header><p class="demo-band">${t("demo")}</p></header>`}
  <main class="page"><${Screens} routes=${ROUTES} missing=${() => import("./screens/missing.js")} /></main>
  <${Tabs} />`;

returnFromWechat()
  .catch((error) => say(error.message))
  .then(() => {
    const place = document.getElementById("client");
    place.replaceChildren();
    render(html`<${Client} />`, place);
  });
