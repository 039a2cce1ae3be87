"""Bills: there when they are there, checked against their hash, read to whole fen and exact fees."""

import gzip
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.clock import SHANGHAI
from gateways.wechat import TransferOrder, WeChat, errors
from gateways.wechat.fields import Malformed
from gateways.wechat.pay.bill_rows import read_fund_bill, read_trade_bill
from gateways.wechat.simulator import Simulator, bills
from tests.gateways.wechat.conftest import START, StillClock

DAY = START.astimezone(SHANGHAI).date()

TRADE = (
    "\ufeff交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注\r\n"
    "`2026-03-12 00:00:01,`wxa,`1900000109,`0,`,`4200000001,`D1,`o1,`JSAPI,`SUCCESS,`OTHERS,`CNY,"
    "`2.50,`0.50,`0,`0,`0.00,`0.00,`,`,`杉木\\ 一株,`,`0.01800,`0.60%,`3.00,`0.00,`\r\n"
    "`2026-03-12 23:59:59,`wxa,`1900000109,`0,`,`4200000001,`D1,`o1,`JSAPI,`REFUND,`OTHERS,`CNY,"
    "`0.00,`0.00,`5030000001,`R1,`1.00,`0.00,`ORIGINAL,`PROCESSING,`杉木\\ 一株,`,`-0.00600,`0.60%,`0.00,`1.00,`\r\n"
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n"
    "`2.0,`2.5,`1.0,`0.0,`0.012,`3.0,`1.0\r\n"
)
FUND = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号\n"
    "`2026-03-12 10:00:00,`4200000001,`1,`交易,`交易,`收入,`3.00,`3.00,`system,`,`D1\n"
    "`2026-03-12 10:00:00,`4200000001,`2,`扣除交易手续费,`扣除交易手续费,`支出,`0.02,`2.98,`system,`,`D1\n"
    "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\n"
    "`2.0,`1.0,`3.00,`1.0,`0.02\n"
)


def test_a_trade_bill_is_read_by_the_names_of_its_columns() -> None:
    bill = read_trade_bill(TRADE.encode())
    paid, refund = bill.rows
    assert paid.at == datetime(2026, 3, 12, 0, 0, 1, tzinfo=SHANGHAI)
    assert (paid.order_fen, paid.settlement_fen, paid.fee_yuan) == (300, 250, Decimal("0.01800"))
    assert (paid.description, paid.refund_id, paid.out_refund_no) == ("杉木,一株", "", "")
    assert (refund.trade_state, refund.refund_id, refund.refund_fen, refund.refund_asked_fen) == (
        "REFUND",
        "5030000001",
        100,
        100,
    )
    assert refund.fee_yuan == Decimal("-0.006")
    assert (bill.summary.count, bill.summary.order_fen, bill.summary.fee_yuan) == (2, 300, Decimal("0.012"))


def test_a_bill_of_payments_only_has_fewer_columns() -> None:
    names = [
        name
        for name in TRADE.split("\r\n", maxsplit=1)[0].removeprefix("\ufeff").split(",")
        if "退款" not in name
    ]
    line = ",".join(
        "`" + {"交易时间": "2026-03-12 08:00:00", "手续费": "0.02000", "订单金额": "3.00"}.get(name, "0.00")
        for name in names
    )
    totals = "总交易单数,应结订单总金额,手续费总金额,订单总金额\n`1,`0.00,`0.02,`3.00"
    bill = read_trade_bill(f"{','.join(names)}\n{line}\n{totals}".encode())
    assert (bill.rows[0].order_fen, bill.rows[0].refund_fen, bill.rows[0].out_refund_no) == (300, 0, "")


def test_a_fund_bill_tells_which_way_money_went() -> None:
    bill = read_fund_bill(FUND.encode())
    assert [(row.business_type, row.is_income, row.amount_fen, row.balance_fen) for row in bill.rows] == [
        ("交易", True, 300, 300),
        ("扣除交易手续费", False, 2, 298),
    ]
    assert (bill.summary.income_fen, bill.summary.expense_fen) == (300, 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("`2.0,", "`3.0,"),
        ("`3.0,`1.0", "`4.0,`1.0"),
        ("`3.00,`0.00,`\r", "`3.005,`0.00,`\r"),
        ("`3.00,`0.00,`\r", "`NaN,`0.00,`\r"),
        ("2026-03-12 00:00:01", "12.03.2026"),
        ("`wxa,", ""),
        ("交易状态", "状态"),
        ("总交易单数", "`总交易单数"),
    ],
)
def test_a_bill_that_does_not_add_up_is_not_read(old: str, new: str) -> None:
    assert old in TRADE
    with pytest.raises(Malformed):
        read_trade_bill(TRADE.replace(old, new).encode())


def test_bytes_that_are_no_text_are_not_a_bill() -> None:
    with pytest.raises(Malformed):
        read_trade_bill("交易时间".encode("gb18030"))


@pytest.fixture
def busy_day(wechat: WeChat, simulator: Simulator, prepay: Callable[..., str], clock: StillClock) -> datetime:
    """A day with two payments, a refund and a payout; the next morning after ten."""
    simulator.pay(prepay("D20260312000001", description="单株碳汇, 三株", total_fen=900))
    simulator.pay(prepay("D20260312000002"))
    clock.advance(minutes=5)
    wechat.refunds.create(
        out_trade_no="D20260312000001", out_refund_no="R1", refund_fen=300, total_fen=900, reason="x"
    )
    appid, openid = "miniprogram", wechat.login.code_to_session("miniprogram", "demo:zhang").openid
    wechat.transfers.create(
        TransferOrder("T1", wechat.settings.apps[appid].appid, openid, 600, "收入", "1009", ("单株碳汇",))
    )
    simulator.confirm_transfer("T1")
    clock.instant = datetime(2026, 3, 13, 10, 0, tzinfo=SHANGHAI).astimezone(UTC)
    return clock.instant


@pytest.mark.usefixtures("busy_day")
def test_yesterdays_trade_bill_tells_every_payment_and_refund(wechat: WeChat) -> None:
    bill = wechat.bills.trade_bill(DAY)
    assert [(row.out_trade_no, row.out_refund_no, row.order_fen, row.refund_fen) for row in bill.rows] == [
        ("D20260312000001", "", 900, 0),
        ("D20260312000002", "", 300, 0),
        ("D20260312000001", "R1", 0, 300),
    ]
    assert bill.rows[0].description == "单株碳汇, 三株"
    assert [row.fee_yuan for row in bill.rows] == [Decimal("0.05"), Decimal("0.02"), Decimal("-0.01")]
    assert bill.summary.order_fen == 1200
    assert bill.summary.fee_yuan == Decimal("0.06")
    assert {row.merchant_id for row in bill.rows} == {wechat.pay.merchant_id}


@pytest.mark.usefixtures("busy_day")
def test_fees_may_be_told_in_five_decimals(wechat: WeChat, simulator: Simulator) -> None:
    simulator.configure("fee_fractions", True)
    bill = wechat.bills.trade_bill(DAY)
    assert [str(row.fee_yuan) for row in bill.rows] == ["0.05400", "0.01800", "-0.01800"]


@pytest.mark.usefixtures("busy_day")
def test_payouts_appear_only_in_the_fund_bill_of_their_account(wechat: WeChat, simulator: Simulator) -> None:
    basic, operation = wechat.bills.fund_bill(DAY), wechat.bills.fund_bill(DAY, "OPERATION")
    assert [(row.business_type, row.is_income, row.amount_fen) for row in basic.rows] == [
        ("交易", True, 900),
        ("扣除交易手续费", False, 5),
        ("交易", True, 300),
        ("扣除交易手续费", False, 2),
        ("退回交易手续费", True, 1),
        ("退款", False, 300),
    ]
    assert basic.rows[-1].balance_fen == simulator.balance_fen() == 894
    assert [(row.amount_fen, row.voucher_number) for row in operation.rows] == [(600, "T1")]


def test_every_movement_of_a_long_day_has_a_number_of_its_own(
    wechat: WeChat, simulator: Simulator, clock: StillClock
) -> None:
    for fen in range(1, 13):
        simulator.set_balance("BASIC", fen)
    clock.instant = datetime(2026, 3, 13, 10, 0, tzinfo=SHANGHAI).astimezone(UTC)
    assert len({row.flow_number for row in wechat.bills.fund_bill(DAY).rows}) == 12


@pytest.mark.usefixtures("busy_day")
def test_both_kinds_of_trade_bill_are_parts_of_the_whole(wechat: WeChat) -> None:
    counts = {}
    for kind in ("ALL", "SUCCESS", "REFUND"):
        raw = wechat.bills.download_trade_bill(DAY, kind)
        assert raw is not None
        assert raw.startswith("\ufeff".encode())
        counts[kind] = len(read_trade_bill(raw).rows)
    assert counts == {"ALL": 3, "SUCCESS": 2, "REFUND": 1}


@pytest.mark.usefixtures("busy_day")
def test_a_day_without_anything_is_an_empty_bill(wechat: WeChat) -> None:
    assert wechat.bills.trade_bill(DAY - timedelta(days=1)).rows == ()
    assert wechat.bills.fund_bill(DAY, "FEES").summary.count == 0
    assert wechat.bills.download_trade_bill(DAY - timedelta(days=1)) is None


def test_a_bill_is_there_from_ten_the_next_day_for_three_months(
    wechat: WeChat, busy_day: datetime, clock: StillClock
) -> None:
    clock.instant = busy_day - timedelta(seconds=1)
    with pytest.raises(errors.NotReady):
        wechat.bills.trade_bill(DAY)
    with pytest.raises(errors.Refused):
        wechat.bills.trade_bill(DAY + timedelta(days=1))
    clock.instant = busy_day + timedelta(days=100)
    with pytest.raises(errors.Refused):
        wechat.bills.trade_bill(DAY)


@pytest.mark.usefixtures("busy_day")
def test_a_bill_other_than_the_one_spoken_of_is_not_believed(
    wechat: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bills, "download", lambda *_: gzip.compress(b"another bill"))
    with pytest.raises(errors.ProtocolError) as refused:
        wechat.bills.trade_bill(DAY)
    assert refused.value.code == "BILL_HASH_DIFFERS"
    monkeypatch.setattr(bills, "download", lambda *_: b"not compressed")
    with pytest.raises(errors.ProtocolError):
        wechat.bills.trade_bill(DAY)


@pytest.mark.usefixtures("busy_day")
def test_the_hash_is_taken_over_the_uncompressed_bytes(simulator: Simulator) -> None:
    told = bills.apply(simulator.world, bills.TRADE, DAY.isoformat(), "ALL", "http://wechat.invalid")
    token = str(told["download_url"]).partition("token=")[2]
    packed = bills.download(simulator.world, token)
    assert hashlib.sha1(gzip.decompress(packed)).hexdigest() == told["hash_value"]
    assert hashlib.sha1(packed).hexdigest() != told["hash_value"]
