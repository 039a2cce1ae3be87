"""Trees, divisions, species and figures, as anybody reads them."""

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, PageArgs, QueryWhole
from domain.catalogue import PublicStatus
from domain.certificates import Basis
from domain.regions import RegionLevel

REGION = validate.Regexp(
    r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})\Z",
    error="A division code has 2, 4, 6, 9 or 12 digits.",
)
FIRST_YEAR, LAST_YEAR = 2000, 2200


class NoArgs(BaseSchema):
    """A call that takes no arguments refuses any, so that a misspelt one is noticed."""


class RegionListArgs(PageArgs):
    """Which divisions: those right below `parent`."""

    parent = fields.String(validate=REGION)
    limit = QueryWhole(low=1, high=100, load_default=100)


class RegionAnswer(BaseSchema):
    """One division."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf([level.value for level in RegionLevel]))
    parent = fields.String(required=True, allow_none=True, attribute="parent_code")
    path = fields.String(required=True)
    on_sale = fields.Boolean(required=True)


class RegionPage(BaseSchema):
    """A page of divisions."""

    items = fields.List(fields.Nested(RegionAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SpeciesFacts(BaseSchema):
    """A species by its names."""

    code = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    latin = fields.String(required=True)


class SpeciesAnswer(SpeciesFacts):
    """A species with the figures of the methodology and where they come from."""

    parameters = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SpeciesPage(BaseSchema):
    """All species; there is no second page."""

    items = fields.List(fields.Nested(SpeciesAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ProgrammeAnswer(BaseSchema):
    """The terms of the year on sale."""

    year_on_sale = fields.Integer(required=True)
    price_fen = fields.Integer(required=True)
    flat_sink_g = fields.Integer(required=True)
    max_trees_per_mu = fields.Integer(required=True)
    max_trees_per_household = fields.Integer(required=True)
    min_dbh_mm = fields.Integer(required=True)
    max_dbh_mm = fields.Integer(required=True)
    contract_years = fields.Integer(required=True)
    measurement_valid_years = fields.Integer(required=True)
    buffer_permille = fields.Integer(required=True)
    fair_k = fields.Integer(required=True)
    maturity_days = fields.Integer(required=True)
    sponsor = fields.String(required=True)
    merchant_of_record = fields.String(required=True)
    recognised_as = fields.String(required=True, allow_none=True)
    effective_on = fields.Date(required=True)


class TreeListArgs(PageArgs):
    """Narrows the list of trees."""

    region = fields.String(validate=REGION)
    species = fields.String(validate=validate.Regexp(r"^[A-Z]{1,8}\Z"))
    year = QueryWhole(low=FIRST_YEAR, high=LAST_YEAR)
    available = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class TreeArgs(BaseSchema):
    """Which year of a tree to show."""

    year = QueryWhole(low=FIRST_YEAR, high=LAST_YEAR)


class TreeRegion(BaseSchema):
    """Where a tree stands: its village."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    path = fields.String(required=True)


class TreeHousehold(BaseSchema):
    """Whose tree it is, as far as they agreed to be shown."""

    display_name = fields.String(required=True, allow_none=True)


class TreeItem(BaseSchema):
    """One tree in one year."""

    code = fields.String(required=True)
    species = fields.Nested(SpeciesFacts, required=True)
    region = fields.Nested(TreeRegion, required=True)
    household = fields.Nested(TreeHousehold, required=True)
    planted_year = fields.Integer(required=True)
    dbh_mm = fields.Integer(required=True)
    height_cm = fields.Integer(required=True)
    photo_url = fields.String(required=True, allow_none=True)
    thumbnail_url = fields.String(required=True, allow_none=True)
    year = fields.Integer(required=True)
    basis = fields.Enum(Basis, by_value=True, required=True)
    sink_g = fields.Integer(required=True)
    price_fen = fields.Integer(required=True)
    status = fields.Enum(PublicStatus, by_value=True, required=True)


class TreePage(BaseSchema):
    """A page of trees."""

    items = fields.List(fields.Nested(TreeItem), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TreeMeasurementFacts(BaseSchema):
    """One measurement of a tree."""

    measured_on = fields.Date(required=True)
    dbh_mm = fields.Integer(required=True)
    height_cm = fields.Integer(required=True)


class TreePosition(BaseSchema):
    """Where a tree stands, to a hundredth of a degree (about a kilometre)."""

    longitude = fields.Float(required=True)
    latitude = fields.Float(required=True)
    datum = fields.String(required=True)


class PublicTreeYear(BaseSchema):
    """One year of a tree."""

    year = fields.Integer(required=True)
    status = fields.Enum(PublicStatus, by_value=True, required=True)


class InTwoLanguages(BaseSchema):
    """A sentence in Chinese and in English."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class TreeMethod(BaseSchema):
    """How the grams of a year came about: inputs, parameters with their sources, and every figure on the way."""

    id = fields.String(required=True)
    version = fields.String(required=True)
    name = fields.Nested(InTwoLanguages, required=True)
    computed_on = fields.String(required=True, metadata={"format": "date"})
    inputs = fields.Dict(keys=fields.String(), required=True)
    parameters = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    parameter_note = fields.Nested(InTwoLanguages, required=True)
    volume_cm3 = fields.Integer(required=True)
    stock_g = fields.Integer(required=True)
    earlier_stock_g = fields.Integer(required=True, allow_none=True)
    age_years = fields.Integer(required=True)
    mean_annual_g = fields.Integer(required=True, allow_none=True)
    increment_g = fields.Integer(required=True, allow_none=True)
    flat_g = fields.Integer(required=True)
    rule = fields.String(required=True)
    rule_text = fields.Nested(InTwoLanguages, required=True)
    result_g = fields.Integer(required=True)


class TreeAnswer(TreeItem):
    """Everything public of one tree; never the serial of a certificate."""

    position = fields.Nested(TreePosition, required=True)
    measurements = fields.List(fields.Nested(TreeMeasurementFacts), required=True)
    method = fields.Nested(TreeMethod, required=True)
    verified_by = fields.String(required=True)
    years = fields.List(fields.Nested(PublicTreeYear), required=True)


class StatisticsAnswer(BaseSchema):
    """The programme in figures; null where fewer than five households stand behind one."""

    trees = fields.Integer(required=True, allow_none=True)
    trees_sold = fields.Integer(required=True, allow_none=True)
    sink_sold_g = fields.Integer(required=True, allow_none=True)
    sold_fen = fields.Integer(required=True, allow_none=True)
    paid_out_fen = fields.Integer(required=True, allow_none=True)
    buyers = fields.Integer(required=True)
    households = fields.Integer(required=True, allow_none=True)
    households_with_income = fields.Integer(required=True, allow_none=True)
    villages = fields.Integer(required=True, allow_none=True)
