"""What months are called, in English and in the language that Python was set to."""

from __future__ import annotations

import calendar

_ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
MONTHS = {
    name.lower(): i
    for i, english in enumerate(_ENGLISH, 1)
    for name in (calendar.month_name[i], calendar.month_abbr[i], english, english[:3])
}
"""Number of each month by its name in small letters, whole or short."""
