import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.kernels import series
from tests.rooms.kernels.shapes import quick

NODES, WEIGHTS = np.polynomial.legendre.leggauss(60)


def integral(function, end):
    """From 0 to `end`, by Gauss's rule: good to rounding for such smooth functions."""
    return float(end / 2 * np.dot(WEIGHTS, function(end / 2 * (NODES + 1))))


@pytest.mark.parametrize("which", ["distance", "spread", "longitude"])
@quick
@given(k2=st.floats(0, 0.00674), sigma=st.floats(-3.2, 3.2))
def test_series_agree_with_their_integrals(which, k2, sigma):
    """Karney (2013), equations 7 and 8 and the one after: the series are those integrals."""
    f = series.FLATTENING
    eps = series.small_number(k2)
    exact = {
        "distance": lambda s: np.sqrt(1 + k2 * np.sin(s) ** 2),
        "spread": lambda s: 1 / np.sqrt(1 + k2 * np.sin(s) ** 2),
        "longitude": lambda s: (2 - f) / (1 + (1 - f) * np.sqrt(1 + k2 * np.sin(s) ** 2)),
    }[which]
    scale, terms = getattr(series, f"{which}_scale")(eps), getattr(series, f"{which}_terms")(eps)
    periodic = series.sine_sum(math.sin(sigma), math.cos(sigma), terms)
    assert scale * (sigma + periodic) == pytest.approx(integral(exact, sigma), abs=1e-14)


@quick
@given(k2=st.floats(0, 0.00674), sigma=st.floats(-3.2, 3.2))
def test_arc_terms_turn_distance_back_into_arc(k2, sigma):
    eps = series.small_number(k2)
    tau = sigma + series.sine_sum(math.sin(sigma), math.cos(sigma), series.distance_terms(eps))
    back = tau + series.sine_sum(math.sin(tau), math.cos(tau), series.arc_terms(eps))
    assert back == pytest.approx(sigma, abs=1e-14)
