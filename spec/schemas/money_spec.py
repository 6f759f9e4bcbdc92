"""Money in minor units."""

from decimal import Decimal

import pytest

from growth.schemas.codes import currencies
from growth.schemas.money import from_minor, to_minor


class DescribeMinorUnits:
    @pytest.mark.parametrize(
        ("amount", "currency", "expected"),
        [
            pytest.param("9.99", "EUR", 999, id="cents"),
            pytest.param("500", "JPY", 500, id="no-minor-unit"),
            pytest.param("1.234", "BHD", 1_234, id="thousandths"),
            pytest.param("1.2345", "CLF", 12_345, id="ten-thousandths"),
            pytest.param("1.5", None, 1_500_000, id="millionths-without-a-currency"),
            pytest.param("-9.99", "EUR", -999, id="refund"),
            pytest.param("0.005", "EUR", 0, id="half-to-even-down"),
            pytest.param("0.015", "EUR", 2, id="half-to-even-up"),
            pytest.param("0.5", "JPY", 0, id="half-a-yen"),
            pytest.param("1936.27", "ITL", 1_936, id="withdrawn-without-a-minor-unit"),
            pytest.param("1.95", "BGN", 195, id="withdrawn"),
            pytest.param("1", "BTC", 100, id="taken-by-earlier-versions"),
        ],
    )
    def it_counts_whole_units(self, amount: str, currency: str | None, expected: int) -> None:
        assert to_minor(Decimal(amount), currency) == expected

    @pytest.mark.parametrize(
        ("units", "currency", "expected"),
        [
            (999, "EUR", 9.99),
            (500, "JPY", 500.0),
            (1_234, "BHD", 1.234),
            (1_500_000, None, 1.5),
            (-1, "EUR", -0.01),
        ],
    )
    def it_shows_the_amount(self, units: int, currency: str | None, expected: float) -> None:
        assert from_minor(units, currency) == expected

    def it_knows_codes_of_three_letters(self) -> None:
        assert all(len(code) == 3 and code.isupper() for code in currencies())
        assert {0, 2, 3, 4} == set(currencies().values())
