// The frame around every screen: navigation at the side on a desk and in a sheet on a phone, and who is signed in.
import { useAct } from "../shared/calls.js";
import { Button, Failure, Sheet } from "../shared/parts.js";
import { useHere } from "../shared/router.js";
import { html, useEffect, useState } from "../shared/view.js";
import { language, speak, t } from "../shared/words.js";
import { NAV } from "./nav.js";
import { may, signOut } from "./officer.js";

/** An officer's roles in words. */
export const roles = (of) => of.map((role) => t(`role.${role}`)).join(t("and"));

const Links = ({ who, path }) => NAV.map(([group, lines]) => {
  const open = who.must_set_up_code ? [] : lines.filter(([, , call]) => !call || may(call));
  const current = (root) => (root === "/" ? path === "/" : path === root || path.startsWith(`${root}/`));
  return open.length > 0 && html`<section key=${group}>
    <h2>${t(group)}</h2>
    <ul>${open.map(([root, words]) => html`<li><a href=${`#${root}`} aria-current=${current(root) ? "page" : null}>${t(words)}</a></li>`)}</ul>
  </section>`;
});

function Who({ who, path }) {
  const [busy, error, leave] = useAct(signOut);
  return html`<div class="who">
    <a href="#/me" aria-current=${path === "/me" ? "page" : null}><strong>${who.display_name}</strong><span>${roles(who.roles)}</span><span>${who.region.name}</span></a>
    <div class="row">
      <${Button} kind="quiet" onClick=${() => speak(language === "en" ? "zh" : "en")}><span lang=${language === "en" ? "zh-CN" : "en"}>${language === "en" ? "中文" : "English"}</span><//>
      <${Button} kind="quiet" busy=${busy} onClick=${() => leave()}>${t("sign_out")}<//>
    </div>
    <${Failure} error=${error} />
  </div>`;
}

export function Shell({ who, children }) {
  const { path } = useHere();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    setOpen(false);
    document.querySelector(".side nav [aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [path]);
  const inside = html`<nav aria-label=${t("nav")}><${Links} who=${who} path=${path} /></nav><${Who} who=${who} path=${path} />`;
  return html`<div class="shell">
    <nav aria-label=${t("skip")}><button type="button" class="skip" onClick=${() => document.getElementById("screen").focus()}>${t("skip")}</button></nav>
    <aside class="side no-print"><p class="brand"><${Mark} />${t("console")}</p>${inside}</aside>
    <nav class="top no-print" aria-label=${t("menu")}>
      <p class="brand"><${Mark} />${t("console")}</p>
      <button type="button" class="button" aria-haspopup="dialog" onClick=${() => setOpen(true)}>${t("menu")}</button>
    </nav>
    ${open && html`<${Sheet} title=${t("menu")} onClose=${() => setOpen(false)}><div class="menu">${inside}</div><//>`}
    <main class="page" id="screen" tabindex="-1">${children}</main>
  </div>`;
}

/** The tree of the programme. */
export const Mark = () => html`<svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><path d="M11.200 23h1.600l-.1-4.400h-1.400zM12 10.200c1.100 3.700 4.500 5.800 7.500 9.300-3.400-1.200-5.600-1-7.500-1.100-1.900.1-4.100-.1-7.500 1.100 3-3.500 6.400-5.600 7.500-9.300zM12 6.100c1.100 3.500 3.600 5.200 5.900 8.800-2.600-1.400-4.400-1.200-5.900-1.100-1.500-.1-3.300-.3-5.900 1.100 2.300-3.600 4.800-5.300 5.900-8.800zM12 1c1.100 3.800 2.700 5.900 4.300 9.500-1.900-1.300-3.400-1-4.300-1.100-.9.1-2.400-.2-4.300 1.100C9.300 6.900 10.900 4.800 12 1z" /></svg>`;
