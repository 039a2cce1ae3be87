// A certificate as a picture, with the whole name, as only its owner is given it.
import { download } from "../../shared/api.js";
import { useAct } from "../../shared/calls.js";
import { Failure, Sheet, Waiting } from "../../shared/parts.js";
import { html, useEffect, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";

/** A Blob as an address that holds all of it: WeChat saves such a picture by a long press, but not one of `blob:`. */
const whole = (blob) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = () => failed(reader.error);
  reader.readAsDataURL(blob);
});

/** The picture as large as the phone: WeChat keeps what is pressed for long, other browsers save it. */
export function Picture({ certificate: { serial }, onClose }) {
  const [picture, setPicture] = useState(null);
  const [, error, fetchPicture] = useAct(async () => {
    const { blob } = await download("GET", `/c/${serial}.png`, { root: "" });
    setPicture(await whole(blob));
  });
  useEffect(() => { fetchPicture(); }, [serial]);
  return html`<${Sheet} title=${t("certificate.picture")} onClose=${onClose}>
    ${picture
      ? html`<img class="certificate-picture" src=${picture} alt=${t("certificate.picture.of", { serial })} />
        <p class="notice">${t("certificate.picture.press")}</p>
        <a class="button primary wide" href=${picture} download=${`${serial}.png`}>${t("certificate.picture.save")}</a>`
      : error ? html`<${Failure} error=${error} again=${fetchPicture} />` : html`<${Waiting} lines=${6} />`}
  <//>`;
}
