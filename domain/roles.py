"""The roles of the programme."""

from enum import StrEnum


class Role(StrEnum):
    """What an officer may be; the table of who may do what stands in docs/domain.md."""

    SURVEYOR = "surveyor"
    REGISTRAR = "registrar"
    VERIFIER = "verifier"
    MAKER = "maker"
    APPROVER = "approver"
    RELEASER = "releaser"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


#: The role as it is called in Chinese.
ROLE_WORDS: dict[Role, str] = {
    Role.SURVEYOR: "调查员",
    Role.REGISTRAR: "登记员",
    Role.VERIFIER: "核查员",
    Role.MAKER: "制单员",
    Role.APPROVER: "审批人",
    Role.RELEASER: "发放人",
    Role.AUDITOR: "审计员",
    Role.ADMINISTRATOR: "管理员",
}
