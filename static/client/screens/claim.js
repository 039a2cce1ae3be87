// Claiming a gift: its code, the name the certificate is to bear, and whether all may see it. What it cost is the giver's affair.
import { call, freshKey } from "../../shared/api.js";
import { useAct } from "../../shared/calls.js";
import { decoded } from "../../shared/decoded.js";
import { count, kilograms } from "../../shared/format.js";
import { keep, kept } from "../../shared/kept.js";
import { Button, Failure, Field } from "../../shared/parts.js";
import { html, useEffect, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { buyer } from "../buyer.js";
import "../mine/words.js";
import { SignIn } from "../sign_in.js";

/** What was typed, kept while WeChat signs the person in; and the claim that was sent and not answered. */
const NAME = "claim";
const SENT = "claiming";

/** The code in what somebody pasted: the code itself, or the whole message with its link. */
const codeIn = (text) => decoded(/claim(?:\?code=|\/)([^\s&]+)/.exec(text)?.[1] ?? text).trim();

/** Claim a gift; the same claim sent again before its answer has come is the same claim. */
async function claimOnce(code, body) {
  const asked = JSON.stringify([buyer().user.id, code, body]);
  const before = kept(SENT);
  const sent = before?.asked === asked ? before : { key: freshKey(), asked };
  keep(SENT, sent);
  try {
    const gift = await call("POST", `/gifts/${encodeURIComponent(code)}/claim`, { body, key: sent.key });
    keep(SENT, null);
    return gift;
  } catch (error) {
    if (error.status >= 400 && error.status < 500) keep(SENT, null);
    throw error;
  }
}

function Claimed({ gift }) {
  const { pathname, search } = new URL(gift.url, location.href);
  return html`<section class="card stack">
    <p class="thanks"><svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="20" /><path d="M15 25l6 6 12-13" /></svg>${t("claim.done")}</p>
    <p>${t("certificate.what", { count: count(gift.count), year: gift.year, kg: kilograms(gift.sink_g) })}</p>
    ${gift.message && html`<p class="notice">${gift.message}</p>`}
    <p class="small soft">${t("order.certificate.serial", { serial: gift.serial })}</p>
    <a class="button primary wide" href=${pathname + search}>${t("order.certificate")}</a>
    <a class="button wide" href="#/forest">${t("tab.forest")}</a>
  </section>`;
}

export default function Claim({ code: named, query }) {
  const [wish, setWish] = useState(() => ({ holder_name: "", holder_public: false, code: "", ...kept(NAME, {}), ...((named ?? query.code) && { code: named ?? query.code }) }));
  const [gift, setGift] = useState(null);
  const [signingIn, setSigningIn] = useState(false);
  useEffect(() => keep(NAME, gift ? null : wish), [wish, gift]);
  const change = (parts) => setWish({ ...wish, ...parts });
  const [busy, error, claim] = useAct(async () => {
    const { holder_name, holder_public, code } = wish;
    setGift(await claimOnce(codeIn(code), { holder_name, holder_public }));
  });
  if (gift) return html`<div class="stack"><h1>${t("claim.title")}</h1><${Claimed} gift=${gift} /></div>`;
  return html`<div class="stack">
    <header class="stack tight"><h1>${t("claim.title")}</h1><p class="soft">${t("claim.lead")}</p></header>
    <form class="card stack" onSubmit=${(event) => { event.preventDefault(); if (buyer()) claim(); else setSigningIn(true); }}>
      <${Field} id="gift-code" label=${t("gift.code")} hint=${t("claim.code.hint")} control=${(given) => html`
        <input ...${given} required maxlength="300" autocomplete="off" autocapitalize="characters" spellcheck="false" value=${wish.code} onInput=${(event) => change({ code: event.target.value })} />`} />
      <${Field} id="holder_name" label=${t("claim.holder")} hint=${t("claim.holder.hint")} problem=${error?.fields?.holder_name?.join?.(" ")} control=${(given) => html`
        <input ...${given} required maxlength="60" autocomplete="name" value=${wish.holder_name} onInput=${(event) => change({ holder_name: event.target.value })} />`} />
      <label class="choice"><input type="checkbox" checked=${wish.holder_public} onChange=${(event) => change({ holder_public: event.target.checked })} /><span>${t("claim.public")}</span></label>
      <${Failure} error=${error} />
      ${error?.code === "gift_not_found" && html`<p class="small">${t("claim.before")} <a class="inline-target" href="#/certificates">${t("certificates.title")}</a></p>`}
      <${Button} kind="primary" wide type="submit" busy=${busy}>${t("claim.act")}<//>
      <p class="small soft">${t("claim.rule")}</p>
    </form>
    ${signingIn && html`<${SignIn} onClose=${() => setSigningIn(false)} onDone=${() => { setSigningIn(false); claim(); }} />`}
  </div>`;
}
