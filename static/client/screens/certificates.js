// The certificates a person holds, and those given away: to open, to keep as a picture, to show to others.
import { useList } from "../../shared/calls.js";
import { count, day, kilograms } from "../../shared/format.js";
import { Button, Empty, Listed } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Picture } from "../mine/picture.js";
import "../mine/words.js";
import { passOn } from "../pass_on.js";
import { ForBuyer } from "../sign_in.js";

const GIVEN = ["given", "waiting"];

/** A certificate's own page on the host the person is at, with the token that opens all of it. */
function pageOf(certificate) {
  const { pathname, search } = new URL(certificate.url, location.href);
  return pathname + search;
}

/** [the words, the kind of badge] for what became of a certificate. */
function standing({ status, relation }) {
  if (status === "revoked") return ["revoked", "bad"];
  if (relation === "waiting") return ["waiting", "warn"];
  return [relation, relation === "given" ? "" : "good"];
}

function Card({ certificate, onPicture }) {
  const [words, kind] = standing(certificate);
  const held = certificate.url !== null;
  return html`<li class="card stack tight">
    <div class="row apart"><h3>${certificate.holder_name || t("certificate.nobody")}</h3><span class=${`badge ${kind}`}>${t(`certificate.state.${words}`)}</span></div>
    <p>${t("certificate.what", { count: count(certificate.count), year: certificate.year, kg: kilograms(certificate.sink_g) })} <span class="soft">${t(`certificate.basis.${certificate.basis}`)}</span></p>
    ${certificate.serial && html`<p class="small soft number">${certificate.serial}${certificate.issued_on && ` · ${day(certificate.issued_on)}`}</p>`}
    ${held && html`<div class="actions">
      <a class="button primary" href=${pageOf(certificate)}>${t("certificate.open")}</a>
      ${certificate.status === "issued" && html`<${Button} onClick=${onPicture}>${t("certificate.keep")}<//>
        <${Button} onClick=${() => passOn({ text: t("certificate.words", { count: certificate.count, year: certificate.year }), url: certificate.url })}>${t("certificate.share")}<//>`}
    </div>`}
    ${GIVEN.includes(certificate.relation) && certificate.order && html`<p><a class="button quiet" href=${`#/orders/${certificate.order}`}>${t(certificate.relation === "waiting" ? "certificate.pass_on" : "certificate.order")}</a></p>`}
  </li>`;
}

function List() {
  const certificates = useList("/certificates");
  const [pictured, setPictured] = useState(null);
  const group = (title, items) => items.length > 0 && html`<section class="stack"><h2>${title}</h2>
    <ul class="stack">${items.map((one, n) => html`<${Card} key=${one.serial ?? `${one.order}-${n}`} certificate=${one} onPicture=${() => setPictured(one)} />`)}</ul></section>`;
  const none = html`<${Empty} title=${t("certificates.none")} hint=${t("certificates.none.hint")}>
    <a class="button primary" href="#/buy?count=1">${t("forest.help")}</a><a class="button quiet" href="#/claim">${t("home.claim")}</a><//>`;
  return html`<${Listed} from=${certificates} empty=${none}>${(items) => html`
    ${group(t("certificates.held"), items.filter((one) => !GIVEN.includes(one.relation)))}
    ${group(t("certificates.given"), items.filter((one) => GIVEN.includes(one.relation)))}`}<//>
    ${pictured && html`<${Picture} certificate=${pictured} onClose=${() => setPictured(null)} />`}`;
}

export default () => html`<div class="stack"><h1>${t("certificates.title")}</h1><${ForBuyer} hint=${t("certificates.first")}><${List} /><//></div>`;
