// A tree's photo: taken in the field, replaced, withdrawn.
import { call } from "../shared/api.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { Act, may } from "./parts.js";

const PHOTO = "/officer/trees/{code}/photo";

export function TreePhoto({ tree, again }) {
  const send = async ({ file }) => {
    const form = new FormData();
    form.append("file", file);
    await call("POST", `/officer/trees/${tree.code}/photo`, { form });
    again();
  };
  const withdraw = async () => { await call("DELETE", `/officer/trees/${tree.code}/photo`); again(); };
  const fields = [{ name: "file", kind: "file", label: t("photo.file"), hint: t("photo.hint"), accept: "image/jpeg,image/png,image/webp" }];
  return html`<section class="card stack"><h2>${t("photo.title")}</h2>
    ${tree.photo_url
    ? html`<a href=${tree.photo_url} target="_blank" rel="noopener"><img class="photo" src=${tree.thumbnail_url} alt=${t("photo.of", { tag: tree.tag })} /></a>`
    : html`<p class="soft">${t("photo.none")}</p>`}
    <div class="row">
      ${may(`POST ${PHOTO}`) && html`<${Act} words=${t(tree.photo_url ? "photo.replace" : "photo.send")} fields=${fields} act=${send} done=${t("photo.done")}><p>${t("photo.about")}</p><//>`}
      ${tree.photo_url && may(`DELETE ${PHOTO}`) && html`<${Act} words=${t("photo.withdraw")} danger act=${withdraw} done=${t("photo.withdrawn")}><p>${t("photo.withdraw.about")}</p><//>`}
    </div></section>`;
}
