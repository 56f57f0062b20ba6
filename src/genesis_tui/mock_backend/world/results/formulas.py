"""Tests that the laboratory computes from others, by their names in `labs.json`. Units are those of the catalogue."""

from collections.abc import Callable, Mapping

Values = Mapping[str, float]


def mcv(values: Values, age: int, sex: str) -> float:
    """Mean corpuscular volume, fL."""
    return values["hct"] * 10 / values["rbc"]


def mch(values: Values, age: int, sex: str) -> float:
    """Mean corpuscular hemoglobin, pg."""
    return values["hgb"] * 10 / values["rbc"]


def mchc(values: Values, age: int, sex: str) -> float:
    """Mean corpuscular hemoglobin concentration, g/dL."""
    return values["hgb"] * 100 / values["hct"]


def lymphocytes(values: Values, age: int, sex: str) -> float:
    """What the other white cells leave of 100 %."""
    return 100 - sum(round(values[cell]) for cell in ("neut", "mono", "eos", "baso"))


def egfr(values: Values, age: int, sex: str) -> float:
    """CKD-EPI 2021 without race (Inker et al., NEJM 2021), mL/min/1.73 m2."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "female" else (0.9, -0.302, 1.0)
    share = values["creat"] / kappa
    return float(142 * min(share, 1) ** alpha * max(share, 1) ** -1.2 * 0.9938**age * factor)


def cholesterol(values: Values, age: int, sex: str) -> float:
    """Friedewald's formula the other way round, mg/dL."""
    return values["ldl"] + values["hdl"] + values["trig"] / 5


def non_hdl(values: Values, age: int, sex: str) -> float:
    """Total less HDL, mg/dL."""
    return round(values["chol"]) - round(values["hdl"])


def ratio(values: Values, age: int, sex: str) -> float:
    """Total over HDL."""
    return values["chol"] / values["hdl"]


def average_glucose(values: Values, age: int, sex: str) -> float:
    """ADAG study (Nathan et al., Diabetes Care 2008), mg/dL."""
    return 28.7 * values["a1c"] - 46.7


def iron_saturation(values: Values, age: int, sex: str) -> float:
    """Iron over binding capacity, %."""
    return values["iron"] * 100 / values["tibc"]


FORMULAS: dict[str, Callable[[Values, int, str], float]] = {
    "mcv": mcv,
    "mch": mch,
    "mchc": mchc,
    "lymphocytes": lymphocytes,
    "egfr": egfr,
    "cholesterol": cholesterol,
    "non_hdl": non_hdl,
    "ratio": ratio,
    "average_glucose": average_glucose,
    "iron_saturation": iron_saturation,
}
