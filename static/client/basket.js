// The trees a person has chosen on this phone, kept until they are bought or put back.
import { keep, kept } from "../shared/kept.js";
import { useEffect, useState } from "../shared/view.js";

const NAME = "basket";
const CHANGED = "danzhu-basket";
/** The most trees that one order may name. */
export const MOST = 200;

/** The chosen trees, each as much of its list item as is shown again: `{code, species, region, price_fen, sink_g, year}`. */
export const basket = () => kept(NAME, []);

function become(trees) {
  keep(NAME, trees.length ? trees : null);
  dispatchEvent(new Event(CHANGED));
}

/** Choose a tree, or put it back; false where the basket is full. */
export function toggle({ code, species, region, price_fen, sink_g, year }) {
  const trees = basket();
  const without = trees.filter((tree) => tree.code !== code);
  if (without.length === trees.length && trees.length >= MOST) return false;
  become(without.length < trees.length ? without : [...trees, { code, species, region, price_fen, sink_g, year }]);
  return true;
}

/** Put trees back by their codes: they were bought, or somebody else was quicker. */
export function putBack(codes) {
  become(basket().filter((tree) => !codes.includes(tree.code)));
}

/** The chosen trees, kept up to date on the screen and between windows. */
export function useBasket() {
  const [trees, setTrees] = useState(basket);
  useEffect(() => {
    const changed = () => setTrees(basket());
    addEventListener(CHANGED, changed);
    addEventListener("storage", changed);
    return () => {
      removeEventListener(CHANGED, changed);
      removeEventListener("storage", changed);
    };
  }, []);
  return trees;
}
