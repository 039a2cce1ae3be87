// The three ways in: the camera (WeChat's own scanner inside WeChat), a picture, a serial typed by hand. Each gives a text.
import { Button, Field } from "../shared/parts.js";
import { html, useEffect, useRef, useState } from "../shared/view.js";
import { t } from "../shared/words.js";
import { canFilm, film, mayFilm } from "./camera.js";
import { pixelsOf } from "./pictures.js";
import { loadReader, readPicture } from "./reader.js";
import { typed } from "./serial.js";
import { scanInWechat, wechatScans } from "./wechat.js";

const LONGEST_TYPED = 400;

export function Ways({ busy, onText }) {
  const [problem, setProblem] = useState(null);
  const [reading, setReading] = useState(false);
  const tell = (word) => setProblem(word && t(`problem.${word}`));

  const byPicture = async (event) => {
    const [file] = event.target.files;
    event.target.value = ""; // the same picture may be chosen again
    if (!file) return;
    tell(null);
    setReading(true);
    try {
      await loadReader();
      const image = await pixelsOf(file).catch(() => null);
      const text = image && (await readPicture(image));
      if (text) onText(text);
      else tell(image ? "no_code" : "no_picture");
    } catch {
      tell("no_reader");
    } finally {
      setReading(false);
    }
  };

  return html`
    <${Camera} onText=${onText} tell=${tell} busy=${busy || reading} />
    ${problem && html`<p class="notice warn" role="alert">${problem}</p>`}
    <label class=${`button wide ${reading ? "waits" : ""}`}>
      <input class="unseen" type="file" accept="image/*" onChange=${byPicture} disabled=${reading || busy} />
      ${reading ? t("picture.reading") : t("picture")}
    </label>
    <${Typed} busy=${busy} onText=${onText} />`;
}

function Camera({ onText, tell, busy }) {
  const video = useRef();
  const camera = useRef(null);
  const [state, setState] = useState("closed"); // closed, opening, open
  const [lit, setLit] = useState(false);

  const close = () => {
    camera.current?.stop();
    camera.current = null;
    setLit(false);
    setState("closed");
  };
  const open = async () => {
    tell(null);
    setState("opening");
    const text = (read) => {
      close();
      onText(read);
    };
    const failed = () => {
      close();
      tell("no_reader");
    };
    try {
      camera.current = await film(video.current, { onCode: text, onProblem: failed });
      if (!video.current) close(); // the person has gone on meanwhile
      else setState("open");
    } catch (error) {
      close();
      tell(`camera_${error.why ?? "none"}`);
    }
  };
  const inWechat = async () => {
    tell(null);
    try {
      const read = await scanInWechat();
      if (read) onText(read);
    } catch {
      tell("wechat");
    }
  };
  const light = async () => {
    await camera.current.torch(!lit).catch(() => {});
    setLit(!lit);
  };
  useEffect(() => {
    mayFilm().then((may) => may && !wechatScans() && video.current && open());
    return () => camera.current?.stop();
  }, []);

  return html`<section class="finder" aria-label=${t("camera")}>
    <video ref=${video} muted playsinline hidden=${state !== "open"} aria-label=${t("camera.sees")}></video>
    ${state === "open"
      ? html`<div class="aim" aria-hidden="true"></div>
        <p class="hint">${t("camera.hint")}</p>
        <div class="row">
          ${camera.current?.torch && html`<button type="button" class="button" aria-pressed=${lit ? "true" : "false"} onClick=${light}>${t("camera.torch")}</button>`}
          <button type="button" class="button" onClick=${close}>${t("camera.close")}</button>
        </div>`
      : html`
        <svg viewBox="0 0 96 96" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" aria-hidden="true"><path d="M10 30V14h16m44 0h16v16m0 36v16H70M26 82H10V66M30 30h14v14H30zm22 0h14v14H52zM30 52h14v14H30zm22 0h5m9 0v5m-14 9h5m9 0h.1" /></svg>
        ${wechatScans() && html`<${Button} kind="primary" wide busy=${busy} onClick=${inWechat}>${t("wechat.scan")}<//>`}
        ${canFilm()
          ? html`<${Button} kind=${wechatScans() ? "" : "primary"} wide busy=${busy || state === "opening"} onClick=${open}>${t("camera.open")}<//>`
          : html`<p>${t("camera.cannot")}</p>`}`}
  </section>`;
}

/** Checked while it is typed, so that a slip shows before anybody is asked. A pasted link is taken as well. */
function Typed({ busy, onText }) {
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const isLink = text.includes("/");
  const { state, left, wrong } = typed(text);
  const problem = isLink || !text ? null
    : state === "strange" ? t("typed.strange", { wrong })
      : state === "mistyped" ? t("typed.mistyped")
        : tried && state === "incomplete" ? t("typed.incomplete", { left }) : null;
  const hint = text && !isLink && state === "incomplete" ? t("typed.left", { left }) : state === "right" ? t("typed.right") : t("typed.hint");
  const submit = (event) => {
    event.preventDefault();
    if (isLink || state === "right") onText(text);
    else setTried(true);
  };
  return html`<form class="card stack tight" onSubmit=${submit} novalidate>
    <${Field} id="serial" label=${t("typed")} hint=${problem ? null : hint} problem=${problem}
      control=${(described) => html`<input ...${described} class=${`input typed ${state === "right" ? "right" : ""}`} value=${text} maxlength=${LONGEST_TYPED}
        autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="XXXX-XXXX-XXXX-XXXX"
        onInput=${(event) => { setText(event.target.value); setTried(false); }} />`} />
    <${Button} type="submit" wide busy=${busy}>${t("typed.check")}<//>
  </form>`;
}
