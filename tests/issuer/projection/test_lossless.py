"""Nothing that is projected is lost on the way to the signature."""

from __future__ import annotations

import pytest

from tests.example_records import EXAMPLES
from tests.issuer.projection.test_choices import project_changed
from tests.issuer.projection.test_worked_examples import projected
from verifier.errors import Code, RefusedError
from verifier.jsonld import canonicalize

V1 = "https://w3id.org/micro-internship/v1#"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_projection_becomes_statements_without_loss(name: str) -> None:
    """No member of the twelve credentials is undefined, dropped or relative."""
    statements = canonicalize(projected(name)).decode()

    assert f"<{V1}microInternship>" in statements


@pytest.mark.parametrize("dates", ["day", "month", "year"])
@pytest.mark.parametrize("name", ["03", "04", "07"])
def test_every_form_of_dates_becomes_statements(name: str, dates: str) -> None:
    """Days, months and years, one or two of them, with everything else switched on."""
    credential = project_changed(
        name, dates=dates, hours=True, results=True, location="locality", trialOutcome=True,
        supervisorName=True, aiAssistance=True, compensation=True,
    )  # fmt: skip

    assert f"<{V1}{'startDate' if dates == 'day' else 'period'}>" in (
        canonicalize(credential).decode()
    )


def test_the_order_of_the_months_is_signed() -> None:
    """Swapping the first and the last month changes what is signed."""
    credential, swapped = (project_changed("04", dates="month") for _ in range(2))
    swapped["evidence"][0]["microInternship"]["period"].reverse()

    assert canonicalize(credential) != canonicalize(swapped)


def test_an_undefined_member_would_be_refused() -> None:
    """The check bites: a member that no context defines is refused, not dropped."""
    credential = projected("01")
    credential["evidence"][0]["microInternship"]["salary"] = "480"

    with pytest.raises(RefusedError) as refused:
        canonicalize(credential)

    assert refused.value.code == Code.DATA_LOSS_DETECTION_ERROR
