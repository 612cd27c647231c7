"""Credit codes as people type them: read once, and what is wrong with a bad one said."""

from __future__ import annotations

from policies.credit_code import BadCreditCode, read_credit_code
from service.errors import Invalid


def checked_code(raw: str) -> str:
    """The 18 characters of a valid code. Raises Invalid saying what is wrong."""
    try:
        return read_credit_code(raw).text
    except BadCreditCode as error:
        raise Invalid(f"统一社会信用代码写成了“{raw[:30]}”：{str(error).rstrip('？')}。") from None
