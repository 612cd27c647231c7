from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.matcher import Group, Matcher
from indexes.vectors import VectorIndex
from policies.benefits import Benefit, Form, UpTo
from policies.conditions import Judged, Within
from policies.derived import Subject
from policies.document import HowToApply, PolicyVersion
from policies.eligibility import Outcome, assess
from policies.profile import EnterpriseProfile
from policies.reference import load_reference
from tests.indexes.builders import (
    DAY,
    ArbitraryEncoder,
    CharacterEncoder,
    a_policy,
    a_profile,
    an_index,
    an_item,
    capital_at_least,
    ids,
    matched,
    no_money,
    worth,
)


def closing(days: int) -> HowToApply:
    return HowToApply(opens=date(2026, 1, 1), closes=DAY + timedelta(days=days))


GONE = HowToApply(opens=date(2026, 1, 1), closes=date(2026, 3, 1))
COMING = HowToApply(opens=date(2026, 12, 1), closes=date(2027, 3, 1))


def test_the_groups_stand_in_the_order_of_the_page() -> None:
    version = a_policy(
        an_item("wrong", conditions=Within("region", ("370100",))),
        an_item("gone", apply=GONE),
        an_item("nearly", conditions=capital_at_least(2_000_000)),
        an_item("asks", conditions=Within("industry", ("C",))),
        an_item("fits"),
    )

    found = matched(a_profile(region="371602", registered_capital=1_000_000), version)

    assert [(group, ids(matches)) for group, matches in found.groups] == [
        (Group.CAN_APPLY, ["fits"]),
        (Group.NEEDS_INFORMATION, ["asks"]),
        (Group.NEAR_MISS, ["nearly"]),
        (Group.NOT_OPEN, ["gone"]),
        (Group.NOT_ELIGIBLE, ["wrong"]),
    ]
    assert ids(found.matches) == ["fits", "asks", "nearly", "gone", "wrong"]
    assert [group.label for group in Group] == ["可申报", "待补充", "差一点", "符合，未开放 / 已截止", "不符合"]


def test_a_group_of_an_outcome_has_its_matches_whatever_their_window() -> None:
    found = matched(a_profile(), a_policy(an_item("gone", apply=GONE), an_item("fits")))

    assert ids(found.group(Outcome.ELIGIBLE)) == ["fits", "gone"]
    assert ids(found.can_apply) == ["fits"]
    assert found.group(Outcome.NEAR_MISS) == ()


def test_what_the_department_must_confirm_can_be_applied_for() -> None:
    found = matched(a_profile(), a_policy(an_item(conditions=Judged("技术领先"))))

    assert found.matches[0].assessment.outcome is Outcome.TO_CONFIRM
    assert found.matches[0].group is Group.CAN_APPLY


def test_what_closes_soonest_comes_first_however_small() -> None:
    version = a_policy(
        an_item("rich", benefit=worth(10_000_000)),
        an_item("in-ten-days", apply=closing(10), benefit=worth(100)),
        an_item("in-two-days", apply=closing(2), benefit=worth(100)),
        an_item("in-a-month", apply=closing(30), benefit=worth(100)),
    )

    assert ids(matched(a_profile(), version).matches) == ["in-two-days", "in-ten-days", "rich", "in-a-month"]


def test_without_an_encoder_more_money_comes_first_and_the_list_says_so() -> None:
    version = a_policy(
        an_item("less", benefit=worth(1_000)),
        an_item("more", benefit=worth(2_000)),
        an_item("none", benefit=no_money()),
    )

    found = matched(a_profile(main_products="铝箔"), version)

    assert ids(found.matches) == ["more", "less", "none"]
    assert not found.semantic
    assert all(match.place.relevance == 0 for match in found.matches)


def test_what_is_nearer_to_the_trade_comes_first_when_the_money_is_the_same() -> None:
    version = a_policy(
        an_item("nets", title="绳网产业奖励", summary="绳网"),
        an_item("aluminium", title="铝精深加工奖励", summary="铝板带箔"),
    )

    found = matched(a_profile(main_products="铝板、铝箔"), version, index=an_index())

    assert ids(found.matches) == ["aluminium", "nets"]
    assert found.semantic
    assert 0 <= found.matches[1].place.relevance < found.matches[0].place.relevance <= 1


def test_money_is_weighed_on_a_logarithmic_scale() -> None:
    version = a_policy(
        an_item("a-fund-for-others", title="绳网", summary="绳网", benefit=worth(2_000_000)),
        an_item("fits", title="铝板带箔", summary="铝板带箔", benefit=worth(500_000)),
    )

    assert ids(matched(a_profile(main_products="铝板带箔"), version, index=an_index()).matches)[0] == "fits"


def test_a_profile_that_says_nothing_of_its_trade_is_ordered_by_time_and_money() -> None:
    found = matched(a_profile(), a_policy(), index=an_index())

    assert not found.semantic


def test_a_sample_never_comes_first() -> None:
    sample = a_policy(an_item("sample", apply=closing(1), benefit=worth(10**7)), policy_id="a-sample", sample=True)

    found = matched(a_profile(), sample, a_policy(an_item("real", benefit=no_money()), policy_id="real"))

    assert ids(found.matches) == ["real", "sample"]
    assert "示例政策，排在正式政策之后" in found.matches[1].place.reasons


def test_the_nearest_miss_comes_first() -> None:
    version = a_policy(
        an_item("far", conditions=capital_at_least(9_000_000), benefit=worth(10**7)),
        an_item("near", conditions=capital_at_least(1_050_000), benefit=worth(100)),
    )

    found = matched(a_profile(registered_capital=1_000_000), version)

    assert ids(found.group(Outcome.NEAR_MISS)) == ["near", "far"]
    assert found.matches[0].place.reasons[0] == "离要求只差 5%，越接近越靠前"


def test_what_is_over_comes_last_in_its_group() -> None:
    asks = Within("industry", ("C",))
    version = a_policy(
        an_item("over", conditions=asks, apply=GONE, benefit=worth(10**7)),
        an_item("coming", conditions=asks, apply=COMING),
        an_item("open", conditions=asks, benefit=no_money()),
    )

    assert ids(matched(a_profile(), version).group(Outcome.NEEDS_INFORMATION)) == ["open", "coming", "over"]


def test_ties_are_settled_by_policy_and_item() -> None:
    policies = [a_policy(an_item("b"), an_item("a"), policy_id="p2"), a_policy(an_item("c"), policy_id="p1")]

    forward, backward = matched(a_profile(), *policies), matched(a_profile(), *reversed(policies))

    assert ids(forward.matches) == ids(backward.matches) == ["c", "a", "b"]


def test_a_match_carries_the_version_of_its_policy() -> None:
    assert matched(a_profile(), PolicyVersion(a_policy().policy, 7)).matches[0].policy_version == 7


def test_what_is_prepared_is_not_encoded_again() -> None:
    encoder = CharacterEncoder()
    matcher = Matcher(load_reference(), an_index(encoder))

    held = matcher.prepare([a_policy(an_item("one", title="冷库"), an_item("two", title="绳网"))])
    encoder.encoded.clear()
    matcher.match(a_profile(main_products="铝箔"), [a_policy(an_item("one", title="冷库"))], DAY)

    assert held == 2
    assert not any("冷库" in text for text in encoder.encoded)
    assert Matcher(load_reference(), None).prepare([a_policy()]) == 0


def test_no_policies_give_an_empty_list() -> None:
    found = matched(a_profile(main_products="铝"), index=an_index())

    assert found.matches == ()
    assert all(matches == () for _, matches in found.groups)


# ---------------------------------------------------------------------- the reasons


def reasons(apply: HowToApply, benefit: Benefit = no_money(), day: date = DAY) -> tuple[str, ...]:  # noqa: B008
    return matched(a_profile(), a_policy(an_item(apply=apply, benefit=benefit)), day=day).matches[0].place.reasons


@pytest.mark.parametrize(
    ("apply", "says"),
    [
        (HowToApply(closes=date(2026, 12, 5)), "12月5日截止，还剩 14 天，排在前面"),
        (HowToApply(closes=DAY), "今天截止，排在前面"),
        (COMING, "12月1日开放申报，尚未开放"),
        (HowToApply(opens=date(2027, 2, 1)), "2027年2月1日开放申报，尚未开放"),
        (HowToApply(announced=True), "申报时间以通知为准，尚未开放"),
        (GONE, "申报已截止，排在后面"),
    ],
)
def test_the_window_is_told_where_it_matters(apply: HowToApply, says: str) -> None:
    assert reasons(apply)[0] == says


def test_a_deadline_across_new_year_names_the_year() -> None:
    assert (
        reasons(HowToApply(closes=date(2027, 1, 3)), day=date(2026, 12, 30))[0]
        == "2027年1月3日截止，还剩 4 天，排在前面"
    )


def test_money_is_told_exactly_or_as_an_upper_bound() -> None:
    up_to = Benefit(Form.FUND, UpTo(Decimal(500_000)), "最高 50 万元")
    yearly = Benefit(Form.FUND, UpTo(Decimal(500_000)), "每年最高 50 万元", period="yearly")

    assert reasons(HowToApply(), worth(100_000)) == ("可获 10 万元",)
    assert reasons(HowToApply(), up_to) == ("最高可获 50 万元",)
    assert reasons(HowToApply(), yearly) == ("每年最高可获 50 万元",)


def test_where_nothing_tells_that_is_said() -> None:
    assert reasons(HowToApply()) == ("没有截止日期、金额可比，按文件编号排列",)


def test_where_only_likeness_tells_that_is_said() -> None:
    version = a_policy(an_item(title="医疗器械注册", summary="注册证", benefit=no_money()), title="医药")

    found = matched(a_profile(main_products="渔网"), version, index=an_index())

    assert found.matches[0].place.reasons == ("没有截止日期、金额可比，按与贵企业业务的相近程度排列",)


def test_one_product_that_fits_counts_among_many_that_do_not() -> None:
    many = "铝箔，白酒，馒头，自行车，冷库设备，养猪，软件，玻璃"
    version = a_policy(
        an_item("strange", title="戏曲丙丁戊己", summary="演出"),
        an_item("fits", title="冷库设备", summary="冷库"),
        title="甲",
    )

    found = matched(a_profile(main_products=many), version, index=an_index())

    assert ids(found.matches)[0] == "fits"
    assert found.matches[0].place.relevance > 0.45


def test_the_nearest_words_of_the_company_are_named() -> None:
    version = a_policy(an_item(title="铝板带箔奖励", summary="铝板带箔"), title="铝业")

    place = matched(a_profile(main_products="渔网，铝板带箔"), version, index=an_index()).matches[0].place

    assert "与贵企业的“铝板带箔”最相关" in place.reasons


def test_faint_likeness_is_not_put_into_words() -> None:
    version = a_policy(an_item(title="医疗器械注册", summary="注册证"), title="医药")

    place = matched(a_profile(main_products="渔网"), version, index=an_index()).matches[0].place

    assert not any("最相关" in reason for reason in place.reasons)


# ---------------------------------------------------------------------- rules decide who


POLICIES = [
    a_policy(
        an_item("wrong", conditions=Within("region", ("370100",))),
        an_item("gone", apply=GONE),
        an_item("nearly", conditions=capital_at_least(2_000_000)),
        an_item("asks", conditions=Within("industry", ("C17",)), title="纺织产业奖励"),
        an_item("confirm", conditions=Judged("技术领先"), apply=closing(3)),
        policy_id="one",
    ),
    a_policy(an_item("fits", title="铝业奖励"), an_item("open", benefit=no_money()), policy_id="two", sample=True),
]

profiles = st.builds(
    lambda region, capital, products, industry: a_profile(
        **{
            key: value
            for key, value in {
                "region": region,
                "registered_capital": capital,
                "main_products": products,
                "industry": industry,
            }.items()
            if value is not None
        }
    ),
    st.sampled_from([None, "371602", "370102"]),
    st.sampled_from([None, 1_000_000, 3_000_000]),
    st.none() | st.text(alphabet="铝板纺织绳网，", max_size=8),
    st.sampled_from([None, "C1711", "C3252"]),
)


@settings(max_examples=150, deadline=None)
@given(profiles, st.integers(0, 10**6))
def test_no_likeness_makes_an_item_eligible_or_hides_one(profile: EnterpriseProfile, seed: int) -> None:
    index = VectorIndex(ArbitraryEncoder(seed), _Fresh())

    found = matched(profile, *POLICIES, index=index)

    subject = Subject(profile, DAY, load_reference())
    by_rule = {(v.policy.id, item.id): assess(v.policy, item, subject) for v in POLICIES for item in v.policy.items}
    assert {(match.policy.id, match.item.id): match.assessment for match in found.matches} == by_rule
    assert len(found.matches) == len(by_rule)
    plain = matched(profile, *POLICIES)
    for (group, ours), (_, theirs) in zip(found.groups, plain.groups, strict=True):
        assert sorted(ids(ours)) == sorted(ids(theirs)), group


@settings(max_examples=100, deadline=None)
@given(profiles, st.integers(0, 10**6))
def test_in_every_group_samples_come_after_what_is_real_and_places_are_in_range(
    profile: EnterpriseProfile, seed: int
) -> None:
    found = matched(profile, *POLICIES, index=VectorIndex(ArbitraryEncoder(seed), _Fresh()))

    for _, matches in found.groups:
        samples = [match.policy.is_sample for match in matches]
        assert samples == sorted(samples)
    for match in found.matches:
        assert 0 <= match.place.relevance <= 1
        assert 0 <= match.place.score <= 1
        assert match.place.reasons


class _Fresh:
    """A store that keeps nothing."""

    def load(self, encoder_id: str, hashes: object) -> dict[str, np.ndarray]:
        return {}

    def save(self, encoder_id: str, vectors: object) -> None:
        return None
