"""What months are called, in five languages and in the one that Python was set to."""

from __future__ import annotations

import calendar

from scrapflow.world.folding import fold

_NAMES = (
    "january jan januar jänner janvier janv enero ene 1월",
    "february feb februar feber février févr fév febrero 2월",
    "march mar märz maerz mär mrz mars marzo 3월",
    "april apr avril avr abril abr 4월",
    "may mai mayo 5월",
    "june jun juni juin junio 6월",
    "july jul juli juillet juil julio 7월",
    "august aug août agosto ago 8월",
    "september sep sept septembre septiembre setiembre set 9월",
    "october oct oktober okt octobre octubre 10월",
    "november nov novembre noviembre 11월",
    "december dec dezember dez décembre déc diciembre dic 12월",
)
_LOCAL = {fold(names[i]): i for names in (calendar.month_name, calendar.month_abbr) for i in range(1, 13)}
MONTHS = _LOCAL | {fold(name): i for i, names in enumerate(_NAMES, 1) for name in names.split()}
"""Number of each month by its folded name, whole or short: English, German, French, Spanish, Korean."""


def month_of(word: str) -> int:
    """Return the number of a month by its name, 0 if it is none.

    Examples
    --------
    >>> [month_of(w) for w in ("March", "Mrz.", "août", "3월", "spring")]
    [3, 3, 8, 3, 0]
    """
    return MONTHS.get(fold(word.strip().rstrip(".")), 0)
