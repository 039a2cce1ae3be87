// Buying: how many or which trees, for whom, at what price; an account only at the end.
import { useAct, useAnswer } from "../../shared/calls.js";
import { address } from "../../shared/api.js";
import { count, kilograms, price } from "../../shared/format.js";
import { Button, Failure, Field } from "../../shared/parts.js";
import { keep, kept } from "../../shared/kept.js";
import { go } from "../../shared/router.js";
import { html, useEffect, useState } from "../../shared/view.js";
import { addWords, language, t } from "../../shared/words.js";
import { WORDS } from "../../words/client-buying.js";
import { putBack } from "../basket.js";
import { useBuyer } from "../buyer.js";
import { HowMany, Named } from "../buying/how_many.js";
import { Obstacle } from "../buying/obstacle.js";
import { forget, place, unanswered } from "../buying/placing.js";
import { useQuote } from "../buying/quote.js";
import { selected } from "../buying/selection.js";
import { SignIn } from "../sign_in.js";

addWords(WORDS);

const NAME = "wish";
const NOBODY = { purpose: "personal", holder_name: "", holder_public: false, message: "" };

/** What the form begins with: what was typed at this address, else what the address says and who was named last time. */
function begun(query) {
  const before = kept(NAME, {});
  if (before.of === location.hash) return before;
  const { purpose, holder_name, holder_public, message } = { ...NOBODY, ...before };
  const [way] = ["budget", "carbon"].filter((one) => query[one]);
  return {
    way: way ?? "count", count: query.count ?? "1", budget: query.budget ?? "", carbon: query.carbon ?? "",
    region: query.region ?? "", species: query.species ?? "", purpose, holder_name, holder_public, message,
  };
}

/** An order whose answer has not come: the person decides what becomes of it. */
function Unanswered({ goOn, onForgotten }) {
  const sent = unanswered();
  const [busy, error, resume] = useAct(() => goOn(sent.body));
  return html`<section class="notice warn stack tight">
    <h2>${t("placing.title")}</h2>
    <p>${t("placing.text")}</p>
    <${Failure} error=${error} />
    <p class="row"><${Button} kind="primary" busy=${busy} onClick=${resume}>${t("placing.resume")}<//>
      <${Button} onClick=${() => { forget(); onForgotten(); }}>${t("placing.forget")}<//></p>
  </section>`;
}

const Quote = ({ quote, loading, programme }) => html`<section class="card stack tight">
  <p class="row apart"><strong>${t("quote.total")}</strong><strong class="total number" aria-live="polite" aria-busy=${loading ? "true" : "false"}>${quote ? price(quote.amount_fen) : "—"}</strong></p>
  ${quote && html`<p>${t("quote.what", { count: count(quote.count), year: quote.year, kg: kilograms(quote.sink_g) })} ${t("quote.households", { count: count(quote.households) })}</p>
    <p class="small soft">${t("quote.owed", { price: price(quote.amount_fen), sponsor: programme?.sponsor ?? "…" })}</p>`}
</section>`;

function Holder({ wish, change, problems }) {
  const gift = wish.purpose === "gift";
  return html`<section class="card stack">
    <div class="counts two" role="group" aria-label=${t("buy.purpose")}>
      ${["personal", "gift"].map((purpose) => html`<button key=${purpose} type="button" class="button" aria-pressed=${purpose === wish.purpose ? "true" : "false"} onClick=${() => change({ purpose })}>${t(`buy.purpose.${purpose}`)}</button>`)}
    </div>
    <p class="small soft">${t(`buy.purpose.${wish.purpose}.text`)}</p>
    <${Field} id="holder_name" label=${t(gift ? "buy.holder.gift" : "buy.holder")} hint=${t(gift ? "buy.holder.gift.hint" : "buy.holder.hint")} problem=${problems.holder_name?.join?.(" ")}
      control=${(given) => html`<input ...${given} required maxlength="60" autocomplete="name" value=${wish.holder_name} onInput=${(event) => change({ holder_name: event.target.value })} />`} />
    <label class="choice"><input type="checkbox" checked=${wish.holder_public} onChange=${(event) => change({ holder_public: event.target.checked })} /><span>${t("buy.public")}</span></label>
    ${gift && html`<${Field} id="message" label=${t("buy.message")} hint=${t("buy.message.hint")} problem=${problems.message?.join?.(" ")}
      control=${(given) => html`<textarea ...${given} rows="3" maxlength="200" value=${wish.message} onInput=${(event) => change({ message: event.target.value })}></textarea>`} />`}
  </section>`;
}

export default function Buy({ query }) {
  const trees = (query.trees ?? "").split(",").filter(Boolean);
  const [wish, setWish] = useState(() => begun(query));
  const [asking, setAsking] = useState(false);
  const [, setForgotten] = useState(0);
  const terms = useAnswer("/programme");
  const programme = terms.answer;
  const buyer = useBuyer();
  const selection = selected({ ...wish, trees });
  const quoted = useQuote(selection);
  const change = (parts) => setWish((before) => ({ ...before, ...parts }));
  useEffect(() => keep(NAME, { ...wish, of: location.hash }), [wish, query.trees]);

  const takeOut = (codes) => {
    putBack(codes);
    go(address("/buy", { trees: trees.filter((code) => !codes.includes(code)).join(",") }), { replace: true });
  };
  const goOn = async (body) => {
    const order = await place(body);
    putBack(body.trees ?? []);
    keep(NAME, { ...NOBODY, holder_name: wish.holder_name, holder_public: wish.holder_public });
    go(`/orders/${order.number}/pay`, { replace: true });
  };
  const body = {
    ...selection, purpose: wish.purpose, holder_name: wish.holder_name.trim(), holder_public: wish.holder_public,
    ...(wish.purpose === "gift" && wish.message.trim() && { message: wish.message.trim() }),
  };
  const asked = JSON.stringify(body);
  const [busy, refused, submit] = useAct(() => goOn(body).catch((error) => { throw Object.assign(error, { asked }); }));
  // A refusal belongs to the wish it answers; once that changes it is yesterday's.
  const standing = refused?.asked === asked ? refused : null;
  const order = (event) => {
    event.preventDefault();
    if (buyer) submit();
    else setAsking(true);
  };
  const { quote } = quoted;
  const means = { trees, narrowed: Boolean(wish.region || wish.species), takeOut, change };
  return html`<form class="stack" onSubmit=${order}>
    <h1>${t(trees.length ? "buy.title.named" : "home.help")}</h1>
    ${buyer && unanswered() && !busy && html`<${Unanswered} goOn=${goOn} onForgotten=${() => setForgotten((n) => n + 1)} />`}
    ${trees.length
      ? html`<${Named} trees=${trees} takeOut=${takeOut} />`
      : html`<${HowMany} wish=${wish} change=${change} impossible=${!selection} programme=${programme} />`}
    ${!standing && html`<${Obstacle} error=${quoted.error} ...${means} again=${quoted.again} />`}
    <${Failure} error=${terms.error} again=${terms.again} />
    <${Quote} ...${quoted} programme=${programme} />
    <${Holder} wish=${wish} change=${change} problems=${standing?.fields ?? {}} />
    <section class="stack tight small">
      ${quote && html`<p>${t("claim", { count: count(quote.count), year: quote.year, kg: kilograms(quote.sink_g) })}</p>`}
      <p>${t("buy.refund", { days: programme?.maturity_days ?? "…" })}</p>
      <p>${t("buy.agree")} <a class="inline-target" href=${`/terms?lang=${language}`}>${t("home.terms")}</a> · <a class="inline-target" href=${`/privacy?lang=${language}`}>${t("home.privacy")}</a></p>
    </section>
    <${Obstacle} error=${standing} ...${means} again=${submit} />
    <${Button} kind="primary" wide type="submit" busy=${busy} disabled=${!quote || quoted.loading}>${quote ? t("buy.order", { price: price(quote.amount_fen) }) : t("buy.order.none")}<//>
    ${!buyer && html`<p class="small soft">${t("buy.sign_in_later")}</p>`}
  </form>
  ${asking && html`<${SignIn} onClose=${() => setAsking(false)} onDone=${() => { setAsking(false); submit(); }} />`}`;
}
