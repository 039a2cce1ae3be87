"""The merchant's accounts at WeChat: every movement a row with the balance after it."""

from decimal import ROUND_HALF_UP, Decimal

from gateways.wechat.simulator.world import World, digits

BASIC, OPERATION, FEES = "BASIC", "OPERATION", "FEES"


def balance_fen(world: World, account: str) -> int:
    """What an account holds."""
    row = world.storage.row(
        "SELECT balance_fen FROM funds WHERE account = ? ORDER BY id DESC LIMIT 1", account
    )
    if row is not None:
        return int(row["balance_fen"])
    opening = world.setting("opening_fen")
    assert isinstance(opening, dict)
    return int(opening.get(account, 0))


def move(world: World, account: str, amount_fen: int, *, kind: str, number: str, voucher: str = "") -> None:
    """Book a movement (income above zero, expense below) inside whatever is being written."""
    world.storage.write(
        "INSERT INTO funds (account, at, business_number, name, kind, amount_fen, balance_fen, voucher)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        account, world.now(), number, kind, kind, amount_fen,
        balance_fen(world, account) + amount_fen, voucher,
    )  # fmt: skip


def set_balance(world: World, account: str, fen: int) -> None:
    """Pay money in or out by hand until an account holds `fen`."""
    with world.storage.writing():
        difference = fen - balance_fen(world, account)
        if difference:
            kind = "充值" if difference > 0 else "提现"
            move(world, account, difference, kind=kind, number=digits("1217", 28))


def withdraw(world: World, fen: int) -> None:
    """Settle `fen` of the basic account to the merchant's bank."""
    with world.storage.writing():
        move(world, BASIC, -fen, kind="提现", number=digits("1217", 28))


def fee_yuan(world: World, amount_fen: int) -> Decimal:
    """The channel's fee on an amount, unrounded, in yuan."""
    return Decimal(amount_fen * world.whole("fee_rate_bp")) / Decimal(1_000_000)


def fee_fen(world: World, amount_fen: int) -> int:
    """The channel's fee on an amount as it is taken: rounded half up to whole fen."""
    return int((fee_yuan(world, amount_fen) * 100).quantize(Decimal(1), ROUND_HALF_UP))
