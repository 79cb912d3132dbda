"""Numbers as a terminal shows them: `.9421`, `412 k`, `0:07`, `149,642`."""

from __future__ import annotations


def show_value(value: float | None) -> str:
    """A loss or metric with four decimals and no leading zero; `—` where there is none."""
    if value is None:
        return "—"
    if abs(value) >= 10:
        return f"{value:.4g}"
    text = f"{value:.4f}"
    return text.replace("0.", ".", 1) if text.removeprefix("-").startswith("0.") else text


def show_short(value: float | None) -> str:
    """The same in at most six places: thousands as `12.3k`, millions as `4.6M`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value is not None and size <= abs(value) < 1e12:
            return f"{value / (1e3 if unit == 'k' else size):.3g}{unit}"
    wide = value is not None and abs(value) >= 1e12
    return f"{value:.0e}" if wide else show_value(value)


def show_weight(value: float) -> str:
    """A weight with two digits in three places: `.52`, `1.3`, `27`; one in four where it is tiny.

    From 1,000 on, and below .01, as `4e-3`.
    """
    if value == 0:
        return "0"
    if 0.0095 <= value < 0.995:
        return f"{value:.2f}".removeprefix("0")
    if 0.995 <= value < 9.95:
        return f"{value:.1f}"
    if 9.95 <= value < 999.5:
        return f"{value:.0f}"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def show_count(count: int) -> str:
    """A count with thousands separators."""
    return f"{count:,}"


def show_rate(per_second: float) -> str:
    """Rows per second, to three digits."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if per_second >= size:
            scaled = per_second / size
            return f"{scaled:.0f}{unit}" if scaled >= 100 else f"{scaled:.3g}{unit}"
    return f"{per_second:.0f}"


def show_time(seconds: float) -> str:
    """`m:ss`, or `h:mm:ss` from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
