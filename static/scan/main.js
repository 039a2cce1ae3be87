// The scanner: a camera, a picture or a typed serial in, one verdict out, with or without a network.
import "../shared/care.js";
import { demo } from "../client/buyer.js";
import { keepShell, tellOffline } from "../shared/offline.js";
import { Failure } from "../shared/parts.js";
import { html, render, useEffect, useState } from "../shared/view.js";
import { addWords, language, speak, t } from "../shared/words.js";
import { WORDS } from "../words/scan.js";
import { Card } from "./card.js";
import { Kept, useKeptScans } from "./kept-scans.js";
import { pinnedKeys, refreshKeys } from "./keys.js";
import { ask, judgeOffline } from "./judging.js";
import { readCode } from "./link.js";
import { keepScan, lastAnswer } from "./outbox.js";
import { loadChecker } from "./token.js";
import { Ways } from "./ways.js";

addWords(WORDS);
tellOffline();
keepShell({ scanner: true });

const page = document.documentElement.dataset;
const hosts = [...new Set([page.host, location.host])];

/** The finding for a code: asked of the server; without one judged by the signature and kept to be asked about later. */
async function find({ serial, token }) {
  try {
    const { verdict, certificate: facts, money } = await ask({ serial, token });
    return { verdict, facts, money, serial, token, revokedOn: facts?.revoked_on };
  } catch (error) {
    if (error.code !== "offline") throw error;
  }
  const { verdict, claims: facts, asOf, why } = await judgeOffline(
    { serial, token }, pinnedKeys(), { production: page.production === "true", known: lastAnswer(serial) },
  );
  const final = verdict === "mistyped";
  if (!final) keepScan({ serial, token, offline: verdict });
  return { verdict, facts, asOf, why, serial, token };
}

function Scanner() {
  const [found, setFound] = useState(null);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const [scans, complete] = useKeptScans();

  const judge = async (code) => {
    setError(null);
    if (code.kind === "foreign") {
      setFound({ verdict: "foreign_link", host: code.host });
      return;
    }
    setBusy(true);
    try {
      const finding = await find(code);
      setFound(finding);
      complete();
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
    scrollTo(0, 0);
  };
  const again = () => {
    setFound(null);
    setError(null);
  };

  useEffect(() => {
    refreshKeys();
    loadChecker().catch(() => {}); // now, while there is a network
    addEventListener("online", refreshKeys);
    return () => removeEventListener("online", refreshKeys);
  }, []);

  const whole = found?.facts && `/c/${found.serial}${found.token ? `?${new URLSearchParams({ t: found.token })}` : ""}`;
  return html`
    ${found
      ? html`<${Card} found=${found}>
          <button type="button" class="button primary wide" onClick=${again}>${t("scan.again")}</button>
          ${whole && !found.asOf && html`<a class="button wide" href=${whole}>${t("scan.whole")}</a>`}
        <//>`
      : html`
        <h1>${t("scan.title")}</h1>
        <${Failure} error=${error} />
        <${Ways} busy=${busy} onText=${(text) => judge(readCode(text, hosts))} />`}
    <${Kept} scans=${scans} complete=${complete} />`;
}

const Page = () => html`
  <header>
    ${demo && html`<p class="demo-band">${t("demo")}</p>`}
    <div class="bar">
      <a class="button quiet" href="/">‹ ${t("scan.home")}</a>
      <button type="button" class="button quiet" lang=${language === "en" ? "zh-CN" : "en"} onClick=${() => speak(language === "en" ? "zh" : "en")}>${t("scan.language")}</button>
    </div>
  </header>
  <main class="page stack"><${Scanner} /></main>`;

const place = document.getElementById("scan");
place.replaceChildren();
render(html`<${Page} />`, place);
