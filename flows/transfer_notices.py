"""What WeChat tells by itself of transfers and of permissions to make them."""

from sqlalchemy.orm import Session

from flows.running import Running
from flows.transfer_authorizations import permission_of
from flows.transfers import told_by
from gateways.wechat.pay.notices import AuthorizationNotice, TransferNotice
from services import incidents, transfer_authorizations, transfers

MISMATCH = "mismatch"


def learn(session: Session, parts: Running, notice: TransferNotice | AuthorizationNotice) -> tuple[str, str]:
    """Book what a believable notice tells; what it is about, and what came of it.

    One for another merchant or app moves nothing and goes to a person.
    """
    settings = parts.wechat.settings
    if isinstance(notice, TransferNotice):
        number, subject = notice.transfer.out_bill_no, "transfer"
        if notice.transfer.merchant_id in (None, settings.merchant_id):
            return number, transfers.learn(session, told_by(notice.transfer), parts.clock()).value
    else:
        number, subject = notice.authorization.out_authorization_no, "authorization"
        if notice.authorization.appid in (None, *(app.appid for app in settings.apps.values())):
            permission = permission_of(notice.authorization)
            return number, transfer_authorizations.learn(session, permission, parts.clock())
    incidents.open_incident(session, kind="notice_mismatch", subject=f"{subject}:{number}", now=parts.clock())
    return number, MISMATCH
