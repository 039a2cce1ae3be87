// The person: the way to all that is theirs, how the client speaks and looks, and what is kept about them.
import { call } from "../../shared/api.js";
import { useAct, useAnswer } from "../../shared/calls.js";
import { care, caring } from "../../shared/care.js";
import { day } from "../../shared/format.js";
import { Button, Failure, Field, Loaded, say } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { language, speak, t } from "../../shared/words.js";
import { signOut, useBuyer } from "../buyer.js";
import { DeleteAccount } from "../mine/delete_account.js";
import { Export } from "../mine/export.js";
import "../mine/words.js";
import { SignIn } from "../sign_in.js";

const LINKS = [
  ["#/orders", "me.orders"], ["#/certificates", "me.certificates"], ["#/gifts", "me.gifts"],
  ["#/claim", "me.claim"], ["#/footprint", "me.footprint"], ["#/household", "me.household"],
];
const LANGUAGES = [["zh", "中文"], ["en", "English"]];

function SignedOut() {
  const [asking, setAsking] = useState(false);
  return html`<section class="card stack tight">
    <p>${t("me.first")}</p>
    <${Button} kind="primary" wide onClick=${() => setAsking(true)}>${t("sign_in")}<//>
    ${asking && html`<${SignIn} onDone=${() => setAsking(false)} onClose=${() => setAsking(false)} />`}
  </section>`;
}

function Profile({ profile }) {
  const [saved, setSaved] = useState(profile);
  const [nickname, setNickname] = useState(profile.nickname);
  const [nameError, setNameError] = useState(false);
  const [busy, error, change] = useAct(async (parts) => {
    setNameError("nickname" in parts);
    setSaved(await call("PATCH", "/me", { body: parts }));
    say(t("me.saved"));
  });
  const problem = nameError && error?.fields?.nickname?.join?.(" ");
  return html`<form class="card stack tight" onSubmit=${(event) => { event.preventDefault(); change({ nickname: nickname.trim() }); }}>
    <h2>${saved.nickname}</h2>
    <p class="small soft">${t("me.since", { day: day(saved.created_at) })}</p>
    <${Field} id="nickname" label=${t("me.nickname")} problem=${problem} control=${(given) => html`<div class="row nowrap">
      <input ...${given} required maxlength="32" autocomplete="nickname" value=${nickname} onInput=${(event) => setNickname(event.target.value)} />
      <${Button} type="submit" busy=${busy} disabled=${!nickname.trim() || nickname.trim() === saved.nickname}>${t("me.save")}<//></div>`} />
    <label class="choice"><input type="checkbox" checked=${saved.name_public} disabled=${busy} onChange=${(event) => change({ name_public: event.target.checked })} /><span>${t("me.public")}</span></label>
    ${!problem && html`<${Failure} error=${error} />`}
  </form>`;
}

function Own() {
  const profile = useAnswer("/me");
  return html`<${Loaded} from=${profile} lines=${3}>${(answer) => html`<${Profile} profile=${answer} />`}<//>`;
}

function Settings({ known }) {
  const [large, setLarge] = useState(caring);
  // What the server writes to a person is in their language too.
  const [busy, error, choose] = useAct(async (chosen) => {
    if (known) await call("PATCH", "/me", { body: { language: chosen } });
    speak(chosen);
  });
  return html`<section class="card stack">
    <h2>${t("me.settings")}</h2>
    <div class="counts two" role="group" aria-label=${t("me.language")}>
      ${LANGUAGES.map(([code, name]) => html`<button key=${code} type="button" class="button" lang=${code} disabled=${busy} aria-pressed=${code === language ? "true" : "false"} onClick=${() => code !== language && choose(code)}>${name}</button>`)}
    </div>
    <${Failure} error=${error} />
    <label class="choice"><input type="checkbox" role="switch" checked=${large} onChange=${(event) => { care(event.target.checked); setLarge(event.target.checked); }} /><span><strong>${t("me.care")}</strong><br /><span class="small soft">${t("me.care.hint")}</span></span></label>
  </section>`;
}

function Account() {
  const [leaving, setLeaving] = useState(false);
  const [busy, , leave] = useAct(signOut);
  return html`<section class="card stack">
    <h2>${t("me.kept")}</h2>
    <${Export} />
    <${Button} wide busy=${busy} onClick=${leave}>${t("me.sign_out")}<//>
    <${Button} kind="quiet" wide onClick=${() => setLeaving(true)}>${t("me.delete")}<//>
    ${leaving && html`<${DeleteAccount} onClose=${() => setLeaving(false)} />`}
  </section>`;
}

export default function Me() {
  const known = useBuyer();
  return html`<div class="stack">
    <h1>${t("me.title")}</h1>
    ${known ? html`<${Own} key=${known.user.id} />` : html`<${SignedOut} />`}
    <ul class="list">${LINKS.map(([href, name]) => html`<li key=${href}><a href=${href}><span class="grow">${t(name)}</span><span aria-hidden="true">›</span></a></li>`)}</ul>
    <${Settings} known=${known} />
    ${known && html`<${Account} />`}
    <footer class="row small"><a class="button quiet" href=${`/privacy?lang=${language}`}>${t("home.privacy")}</a><a class="button quiet" href=${`/terms?lang=${language}`}>${t("home.terms")}</a></footer>
  </div>`;
}
