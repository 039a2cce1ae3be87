"""Certificates to test with."""

from dataclasses import replace
from datetime import date
from typing import Any

from domain.certificates import Basis, Face, Purpose

SERIAL = "7K3M-9QX2-VB8T-CN4Q"
OTHER_SERIAL = "0000-0000-0000-0000"


def make_face(**changes: Any) -> Face:
    face = Face(
        serial=SERIAL,
        holder="张小三",
        holder_masked="张*三",
        holder_verified=False,
        purpose=Purpose.PERSONAL,
        count=3,
        years=(2026,),
        basis=Basis.EXPECTED,
        sink_g=30_000,
        villages=("岜赖村", "纳王村"),
        households=2,
        issued_on=date(2026, 11, 20),
        method_id="guizhou-single-tree",
        method_version="1",
        verifier="示范核查机构",
        amount_fen=900,
        fee_borne_by="示范支持单位",
        host="danzhu.example.cn",
        account_name="单株碳汇（示范）",
    )
    return replace(face, **changes)
