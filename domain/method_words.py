"""What the methodology is called, the ways a sold figure can come about, and sentences that explain them."""

from enum import StrEnum

METHOD_ID = "guizhou-single-tree"
METHOD_VERSION = "1"
METHOD_NAME = {
    "zh": "贵州省单株碳汇测算（材积与生物量扩展因子法）",
    "en": "Guizhou single-tree sink (stem volume and biomass expansion factor)",
}
PARAMETER_NOTE = {
    "zh": "生物量扩展因子、木材基本密度、根茎比和含碳率取 AR-CM-001-V01 缺省值，须经核查方核定。",
    "en": "Biomass expansion factor, wood density, root-shoot ratio and carbon fraction are defaults of "
    "AR-CM-001-V01, to be checked by the verifier.",
}


class SinkRule(StrEnum):
    """How the sold figure came about."""

    #: One measurement: the programme's flat figure.
    FLAT = "flat"
    #: Two measurements, and the tree grew at least the flat figure a year.
    FLAT_BELOW_INCREMENT = "flat_below_increment"
    #: Two measurements, and the tree grew less than the flat figure a year.
    INCREMENT = "increment"
    #: Two measurements, and nothing was added: not sellable.
    NOT_GROWING = "not_growing"


RULE_TEXT = {
    SinkRule.FLAT: {
        "zh": "仅有一次测量，按项目统一值计；旁列该树全部储量及年均储量，以免误解。",
        "en": "Measured once: the programme's flat figure, beside the whole stock and its yearly mean.",
    },
    SinkRule.FLAT_BELOW_INCREMENT: {
        "zh": "两次测量的年增量不低于项目统一值，按项目统一值计。",
        "en": "Measured twice and grew at least the programme's flat figure a year: the flat figure.",
    },
    SinkRule.INCREMENT: {
        "zh": "两次测量的年增量低于项目统一值，按实测年增量计。",
        "en": "Measured twice and grew less than the programme's flat figure a year: the measured growth.",
    },
    SinkRule.NOT_GROWING: {
        "zh": "两次测量之间储量没有增加，不可出售。",
        "en": "Measured twice and added nothing: not sellable.",
    },
}
