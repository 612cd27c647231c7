"""The shapes the API speaks, as they stand in openapi.json. Money is whole yuan, days are ISO local days."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class EnterprisePath(BaseModel):
    code: str = Field(description="统一社会信用代码（18 位）")


class MatchQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    on: date | None = Field(None, description="判定日期，默认今天（北京时间）")


class EnterpriseOut(BaseModel):
    code: str | None
    name: str | None


class FurtherSourceOut(BaseModel):
    url: str
    shows: str


class PolicyOut(BaseModel):
    id: str
    version: int
    title: str
    number: str | None = Field(description="文号；没有见到原文的为空")
    issuers: list[str]
    url: str | None
    source: str = Field(description="official 政府网站 / press 媒体或转载 / sample 示例")
    source_note: str | None = Field(description="出处的局限，例如只见到开头、标题是归纳的")
    further_sources: list[FurtherSourceOut] = Field(description="另外打开过的页面，各看到了什么")
    sample: bool = Field(description="示例政策，没有出处")


class ItemOut(BaseModel):
    id: str
    title: str
    summary: str
    topics: list[str] = Field(description="企业常说的主题，如 首台套")


class WindowOut(BaseModel):
    state: str = Field(description="upcoming / open / closing_soon / closed / always / exhausted")
    opens: date | None
    closes: date | None
    reason: str | None


class BenefitOut(BaseModel):
    form: str
    text: str


class EstimateOut(BaseModel):
    basis: str = Field(description="exact / range / up_to / needs / not_money")
    low: int = Field(description="元")
    high: int | None = Field(description="元；尚不能确定上限时为空")
    missing: list[str]
    text: str


class PlaceOut(BaseModel):
    relevance: float
    reasons: list[str] = Field(description="为什么排在这里")


class MatchOut(BaseModel):
    id: str | None = Field(description="匹配编号，可用 huiqi replay 复核")
    policy: PolicyOut
    item: ItemOut
    outcome: str = Field(description="eligible / to_confirm / needs_information / near_miss / not_eligible")
    outcome_label: str
    can_apply: bool = Field(description="可申报：符合或待部门认定，且窗口开放")
    window: WindowOut
    window_text: str
    benefit: BenefitOut
    estimate: EstimateOut
    headline: str
    met: int
    total: int
    explanation: list[dict[str, Any]] = Field(description="逐条说明：要求、企业现值、来源、条款、下一步")
    findings: list[dict[str, Any]] = Field(description="逐条判定依据，与复核时比较的内容相同")
    place: PlaceOut


class CombinationOut(BaseModel):
    amount: int
    items: list[str]
    exact: bool = Field(description="false：不能排除还有更好的组合")


class TotalOut(BaseModel):
    certain: CombinationOut
    possible: CombinationOut
    unpriced: int = Field(description="可申报但金额还不能估算的项数")


class QuestionOut(BaseModel):
    fact: str
    year: int | None
    question: str
    help: str
    reason: str
    decides: int
    helps: int
    at_stake: int


class UnlockOut(BaseModel):
    change: str
    text: str
    items: list[str]
    at_stake: int


class MatchesOut(BaseModel):
    enterprise: EnterpriseOut
    day: date
    profile_version: int
    catalogue_revision: int
    ranked_by_meaning: bool
    counts: dict[str, int]
    total: TotalOut
    matches: list[MatchOut]
    questions: list[QuestionOut]
    unlocks: list[UnlockOut]


class ProblemDetail(BaseModel):
    pointer: str
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemDetail] | None = None
