import math


def figure(value, digits=3):
    if value != value:
        return "–"
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e6:
        return f"{value:.{digits - 1}e}".replace("-", "−")
    return fixed(value, max(digits - 1 - math.floor(math.log10(abs(value))), 0))


def fixed(value, decimals=3):
    if value != value:
        return "–"
    text = f"{value:,.{decimals}f}"
    return text.replace("-", "−") if text.strip("-0.,") else text.lstrip("-")
