// The words of the screens after buying, in place before any of them asks.
import { addWords } from "../../shared/words.js";
import { WORDS } from "../../words/client-mine.js";
import { WORDS as ORDERS } from "../../words/client-orders.js";

addWords(ORDERS);
addWords(WORDS);
