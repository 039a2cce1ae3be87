// The name of a division where an answer gives its code alone.
import { call } from "../shared/api.js";
import { html, useEffect, useState } from "../shared/view.js";
import { chain } from "./region.js";

const asked = new Map();

/** The divisions right below one, asked for once. */
function below(parent) {
  if (!asked.has(parent)) {
    const answer = call("GET", `/regions?parent=${parent}&limit=100`);
    // What could not be got is asked for again by whoever comes next.
    answer.catch(() => asked.delete(parent));
    asked.set(parent, answer);
  }
  return asked.get(parent);
}

/** The division's path, or its code until that is known. */
export function Division({ code }) {
  const [name, setName] = useState(code);
  useEffect(() => {
    let left = false;
    const parent = chain("52", code).at(-2);
    if (!parent) return undefined;
    below(parent).then(({ items }) => !left && setName(items.find((one) => one.code === code)?.path ?? code), () => {});
    return () => { left = true; };
  }, [code]);
  return html`<span>${name}</span>`;
}
