"""The fair turn: which households sell when the platform chooses, drawn so that an auditor can draw it again.

For every tree, K households that still have a free tree are drawn at random, and the poorest of them, who
has had the
least programme income this year, sells it; of equals, the one drawn first. Then its income is one price
higher and its
free trees one fewer. Source: the programme's rule "fair turn" in docs/domain.md.

To repeat a draw in any language:
1. Sort the candidates by household id and put those with a free tree into a row, places 0 to n-1.
2. The random words are the eight 32-bit big-endian numbers of SHA-256(seed | counter), the counter being 8
bytes,
   big-endian, from 0 upwards. A number below n comes from the next word w as w mod n; a word of
   2^32 - (2^32 mod n) or more is passed over, so that every place is equally likely.
3. For a tree: for i = 0 .. min(K, n) - 1 draw j below n - i and exchange places i and i + j. Places 0 ..
min(K, n) - 1
   are those drawn, in the order of the draw; the first of the poorest among them sells.
4. A household that has nothing left leaves its place to the household of the last place, and the row is one
shorter.
"""

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.errors import Conflict, Invalid

ALGORITHM = "fair-turn-1"
SHORTEST_SEED = 16
LARGEST_K = 50
_WORDS = struct.Struct(">8I")
_WORD_SPAN = 1 << 32


@dataclass(frozen=True, slots=True)
class Lane:
    """One household's place in the turn: its programme income this year in fen, and how many of its trees
    are free.
    """

    household_id: int
    income_fen: int
    free: int


@dataclass(frozen=True, slots=True)
class DrawLog:
    """What an auditor needs to repeat a draw, beside the candidates: small whatever the number of trees."""

    algorithm: str
    seed: bytes
    k: int
    price_fen: int
    count: int
    candidates_sha256: str
    trees_sha256: str

    def as_dict(self) -> dict[str, str | int]:
        """The log as JSON values."""
        return {
            "algorithm": self.algorithm,
            "seed": self.seed.hex(),
            "k": self.k,
            "price_fen": self.price_fen,
            "count": self.count,
            "candidates_sha256": self.candidates_sha256,
            "trees_sha256": self.trees_sha256,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, str | int]) -> "DrawLog":
        """The log from the JSON values that `as_dict` gave."""
        return cls(
            algorithm=str(kept["algorithm"]),
            seed=bytes.fromhex(str(kept["seed"])),
            k=int(kept["k"]),
            price_fen=int(kept["price_fen"]),
            count=int(kept["count"]),
            candidates_sha256=str(kept["candidates_sha256"]),
            trees_sha256=str(kept["trees_sha256"]),
        )


@dataclass(frozen=True, slots=True)
class Draw:
    """How many trees each chosen household sells, by household id, and the log of the draw."""

    trees: dict[int, int]
    log: DrawLog


def _words(seed: bytes) -> Iterator[int]:
    counter = 0
    while True:
        yield from _WORDS.unpack(hashlib.sha256(seed + counter.to_bytes(8, "big")).digest())
        counter += 1


def _sha256_of_lines(lines: Iterator[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode("ascii")).hexdigest()


def candidates_digest(candidates: Sequence[Lane]) -> str:
    """SHA-256 of the candidates as lines `household_id,income_fen,free`, sorted by household id."""
    ordered = sorted(candidates, key=lambda lane: lane.household_id)
    return _sha256_of_lines(f"{lane.household_id},{lane.income_fen},{lane.free}" for lane in ordered)


def trees_digest(trees: Mapping[int, int]) -> str:
    """SHA-256 of a draw's outcome as lines `household_id,trees`, sorted by household id."""
    return _sha256_of_lines(f"{household_id},{trees[household_id]}" for household_id in sorted(trees))


def _check(candidates: Sequence[Lane], count: int, price_fen: int, k: int, seed: bytes) -> None:
    if count < 1 or price_fen < 1 or not 1 <= k <= LARGEST_K or len(seed) < SHORTEST_SEED:
        raise Invalid("fair_turn_malformed", count=count, price_fen=price_fen, k=k, seed_length=len(seed))
    if len({lane.household_id for lane in candidates}) != len(candidates):
        raise Invalid("fair_turn_malformed", reason="a household stands in the row twice")
    if any(lane.free < 0 or lane.income_fen < 0 for lane in candidates):
        raise Invalid("fair_turn_malformed", reason="free trees and income are never negative")
    available = sum(lane.free for lane in candidates)
    if available < count:
        raise Conflict("not_enough_trees", fields={"available": available}, available=available)


def _allocate(candidates: Sequence[Lane], count: int, price_fen: int, k: int, seed: bytes) -> dict[int, int]:
    row = [lane.household_id for lane in sorted(candidates, key=lambda lane: lane.household_id) if lane.free]
    income_fen = {lane.household_id: lane.income_fen for lane in candidates}
    free = {lane.household_id: lane.free for lane in candidates}
    trees: dict[int, int] = {}
    next_word = _words(seed).__next__
    for _ in range(count):
        poorest_place = 0
        poorest_fen = -1
        for place in range(min(k, len(row))):
            span = len(row) - place
            word = next_word()
            while word >= _WORD_SPAN - _WORD_SPAN % span:
                word = next_word()
            other = place + word % span
            drawn = row[other]
            row[other] = row[place]
            row[place] = drawn
            if poorest_fen < 0 or income_fen[drawn] < poorest_fen:
                poorest_place, poorest_fen = place, income_fen[drawn]
        seller = row[poorest_place]
        trees[seller] = trees.get(seller, 0) + 1
        income_fen[seller] = poorest_fen + price_fen
        free[seller] -= 1
        if not free[seller]:
            row[poorest_place] = row[-1]
            row.pop()
    return trees


def draw(candidates: Sequence[Lane], count: int, price_fen: int, k: int, seed: bytes) -> Draw:
    """Give `count` trees, one by one, each to the poorest of K eligible households drawn with the seed.

    The order of the candidates does not matter. Takes time in proportion to count x K. Raises Conflict
    not_enough_trees (`fields.available`) and Invalid fair_turn_malformed (count and price at least 1, K 1
    to 50,
    16 bytes of seed or more, no household twice, nothing negative).
    """
    _check(candidates, count, price_fen, k, seed)
    trees = _allocate(candidates, count, price_fen, k, seed)
    log = DrawLog(
        algorithm=ALGORITHM,
        seed=seed,
        k=k,
        price_fen=price_fen,
        count=count,
        candidates_sha256=candidates_digest(candidates),
        trees_sha256=trees_digest(trees),
    )
    return Draw(trees=trees, log=log)


def replay(log: DrawLog, candidates: Sequence[Lane]) -> dict[int, int]:
    """Draw again from a log and the candidates of that moment, and give trees by household id.

    Raises Conflict: draw_algorithm_unknown, draw_candidates_differ (not the candidates of that draw) and
    draw_outcome_differs (the logged outcome is not what the seed gives).
    """
    if log.algorithm != ALGORITHM:
        raise Conflict("draw_algorithm_unknown", algorithm=log.algorithm)
    if candidates_digest(candidates) != log.candidates_sha256:
        raise Conflict("draw_candidates_differ")
    trees = draw(candidates, log.count, log.price_fen, log.k, log.seed).trees
    if trees_digest(trees) != log.trees_sha256:
        raise Conflict("draw_outcome_differs")
    return trees
