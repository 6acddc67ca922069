from __future__ import annotations

import pytest

from domain.errors import InvalidInput
from domain.repository import GitSource


@pytest.mark.parametrize(
    "location", ["https://user:hunter2@host/x.git", "https://ghp_hunter2@host/x.git", "ssh://git@host/x.git"]
)
def test_an_address_with_a_password_is_refused_without_repeating_it(location: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        GitSource(location)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("location", ["https://host/a@b.git", "/home/me@work/x.git", "."])
def test_an_at_sign_elsewhere_is_no_password(location: str) -> None:
    assert GitSource(location).location == location
