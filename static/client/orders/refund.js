// Taking an order back: the rule, a reason, and the server's word.
import { call, freshKey } from "../../shared/api.js";
import { useAct, useAnswer } from "../../shared/calls.js";
import { price } from "../../shared/format.js";
import { keep, kept } from "../../shared/kept.js";
import { Button, Failure, Field, say, Sheet } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";

const REASONS = ["mistake", "twice", "mind", "other"];

/** Ask for the money of an order; the same reason sent again before its answer has come is the same refund. */
async function askBack(number, reason) {
  const name = `refund.${number}`;
  const before = kept(name);
  const sent = before?.reason === reason ? before : { key: freshKey(), reason };
  keep(name, sent);
  try {
    const refund = await call("POST", `/orders/${number}/refunds`, { body: { reason }, key: sent.key });
    keep(name, null);
    return refund;
  } catch (error) {
    if (error.status >= 400 && error.status < 500) keep(name, null);
    throw error;
  }
}

export function RefundSheet({ order, onDone, onClose }) {
  const [chosen, setChosen] = useState(REASONS[0]);
  const [words, setWords] = useState("");
  const { answer: programme } = useAnswer("/programme");
  const reason = chosen === "other" ? words.trim() : t(`refund.reason.${chosen}`);
  const [busy, error, act] = useAct(async () => {
    await askBack(order.number, reason);
    say(t("refund.asked"));
    onDone();
  });
  return html`<${Sheet} title=${t("refund.title", { price: price(order.amount_fen) })} onClose=${onClose}>
    <form class="stack" onSubmit=${(event) => { event.preventDefault(); act(); }}>
      <p>${t("refund.rule", { days: programme?.maturity_days ?? "…" })}</p>
      <p class="small soft">${t("refund.effect")}</p>
      <fieldset class="field"><legend>${t("refund.reason")}</legend>
        ${REASONS.map((one) => html`<label key=${one} class="choice"><input type="radio" name="reason" checked=${one === chosen} onChange=${() => setChosen(one)} /><span>${t(`refund.reason.${one}`)}</span></label>`)}
      </fieldset>
      ${chosen === "other" && html`<${Field} id="refund-reason" label=${t("refund.words")} hint=${t("refund.words.hint")} control=${(given) => html`
        <textarea ...${given} rows="2" maxlength="80" required value=${words} onInput=${(event) => setWords(event.target.value)}></textarea>`} />`}
      <${Failure} error=${error} />
      <${Button} kind="danger" wide type="submit" busy=${busy} disabled=${!reason}>${t("refund.confirm")}<//>
      <${Button} wide disabled=${busy} onClick=${onClose}>${t("refund.leave")}<//>
    </form>
  <//>`;
}
