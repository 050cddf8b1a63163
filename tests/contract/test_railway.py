"""Routed lengths against published chainages, copied here from the fact files, not from the world."""

from __future__ import annotations

import pytest

import scrapflow as sf

CHAINAGE = {
    "P'yŏngŭi Line": {
        "P'yŏngyang": 0.0, "Sŏp'o": 11.1, "Kalli": 19.2, "Sunan": 25.2, "Sukch'ŏn": 51.9, "Mundŏk": 62.2,
        "Sinanju Ch'ŏngnyŏn": 75.7, "Maengjungri": 81.7, "Chŏngju Ch'ŏngnyŏn": 123.4, "Sŏnch'ŏn": 156.9,
        "Tongrim": 177.8, "Yŏmju": 191.2, "Ryongch'ŏn": 209.8, "Namsinŭiju": 219.6, "Sinŭiju Ch'ŏngnyŏn": 224.4,
    },
    "P'yŏngnam Line": {
        "P'yŏngyang": 0.0, "Pot'onggang": 3.9, "Ch'ilgol": 8.7, "Taep'yŏng": 15.8, "Kangsŏn": 23.1, "Kangsŏ": 28.3,
        "Ryonggang": 40.7, "Namp'o": 55.2, "Tonggwangryang": 73.1, "P'yŏngnam Onch'ŏn": 89.3,
    },
    "Paektusan Ch'ŏngnyŏn Line": {
        "Kilju Ch'ŏngnyŏn": 0.0, "Chaedŏk": 26.2, "Hapsu": 57.2, "Paegam Ch'ŏngnyŏn": 70.0, "Simp'ori": 116.1,
        "Wiyŏn Ch'ŏngnyŏn": 137.3, "Hyesan Ch'ŏngnyŏn": 141.7,
    },
    "Manp'o Line": {
        "Sunch'ŏn": 0.0, "Ch'ŏndong": 32.6, "Kaech'ŏn": 38.9, "Kujang Ch'ŏngnyŏn": 63.0, "Myohyangsan": 90.1,
        "Hŭich'ŏn Ch'ŏngnyŏn": 109.8, "Chŏnch'ŏn": 195.1, "Kanggye Ch'ŏngnyŏn": 250.6, "Manp'o Ch'ŏngnyŏn": 299.8,
    },
    "Kangwŏn Line": {
        "Kowŏn": 0.0, "Ryongdam": 12.1, "Munch'ŏn": 29.4, "Wŏnsan": 42.0, "Anbyŏn": 57.7, "Kosan": 88.1,
        "P'yŏnggang": 145.8,
    },
    "Hambuk Line": {
        "Ch'ŏngjin Ch'ŏngnyŏn": -3.1, "Ch'ŏng'am": 0.0, "Puryŏng": 32.6, "Komusan": 38.9, "Hoeryŏng Ch'ŏngnyŏn": 89.5,
        "Sambong": 129.9, "Namyang": 165.9, "Hunyung": 205.1, "Ch'ŏnghak": 266.8, "Sŏnbong": 309.9, "Rajin": 325.1,
    },
    "P'yŏngdŏk Line": {
        "Taedonggang": 0.0, "Sŭnghori": 25.9, "Samdŭng": 48.2, "Kangdong": 64.0, "Sŏngch'ŏn": 81.2,
        "Sinsŏngch'ŏn": 94.3, "Pukch'ang": 130.4, "Chenam": 149.1, "Kujang Ch'ŏngnyŏn": 192.3,
    },
    "P'yŏngra Line": {"P'yŏngyang": -19.1, "P'alhŭng": 188.2, "Kilju Ch'ŏngnyŏn": 567.8, "Rajin": 782.8},
}  # fmt: skip
ENDS = {
    "Musan Line": ("Komusan", "Musan", 57.9),
    "Paengma Line": ("Yŏmju", "Namsinŭiju", 39.6),
    "Kaech'ŏn Line": ("Sinanju Ch'ŏngnyŏn", "Kaech'ŏn", 29.5),
    "Hwanghae Ch'ŏngnyŏn Line": ("Sariwŏn Ch'ŏngnyŏn", "Haeju Ch'ŏngnyŏn", 91.4),
    "Songrim Line": ("Hwangju", "Songrim Hwamul", 14.2),
    "Posan Line": ("Kangsŏ", "Posan", 5.0),
    "Kangdŏk Line": ("Ranam", "Susŏng", 14.9),
    "Hongŭi (Tumangang) Line": ("Hongŭi", "Tumangang", 9.5),
    "P'yŏngbuk Line": ("Chŏngju Ch'ŏngnyŏn", "Ch'ŏngsu", 120.5),
    "Namp'o Port Line": ("Sinnamp'o", "Namp'ohang", 8.8),
    "Paengmu Line": ("Paegam Ch'ŏngnyŏn", "Musan", 191.7),
    "Pukpu Line": ("Manp'o Ch'ŏngnyŏn", "Hyesan Ch'ŏngnyŏn", 249.2),
    "Rajinhang Line": ("Rajin", "Rajinhang", 3.0),
}
WAYS = [
    ("Kangsŏn", "Sunan", 23.1 + 25.2),
    ("Sunch'ŏn", "Kaech'ŏn", 38.9),
    ("Kilju", "Rajin", 782.8 - 567.8),
    ("Musan", "Komusan", 57.9),
    ("Namp'o", "Kangso", 55.2 - 28.3),
    ("Sinuiju", "Yomju", 224.4 - 191.2),
]


@pytest.fixture(scope="module")
def net(dprk):
    """Return the railway."""
    return sf.build_network(dprk)


@pytest.mark.parametrize("line", CHAINAGE)
def test_chainage_between_stations(net, line):
    """From station to station of a line, and to its end, the way along it is the difference of the chainages."""
    stations = list(CHAINAGE[line].items())
    for i, (a, km_a) in enumerate(stations):
        for b, km_b in {
            **dict(stations[i + 1 : i + 3]),
            **dict(stations[-1:] if i + 1 < len(stations) else ()),
        }.items():
            km = net.path(a, b, line=line).length_km
            assert km == pytest.approx(abs(km_b - km_a), rel=0.01, abs=0.11), (a, b)


@pytest.mark.parametrize("line", ENDS)
def test_published_length_between_the_ends(net, line):
    """Each line, named as the fact file prints it, has its published length within 1 %."""
    a, b, km = ENDS[line]
    assert net.path(a, b, line=line).length_km == pytest.approx(km, rel=0.01)


@pytest.mark.parametrize(("a", "b", "km"), WAYS)
def test_shortest_ways_without_a_line(net, a, b, km):
    """Without a line the shortest way has the sum of the chainages, by any spelling and in both directions."""
    there, back = net.path(a, b), net.path(b, a)
    assert there.length_km == pytest.approx(km, rel=0.01)
    assert back.length_km == pytest.approx(there.length_km)
    assert list(back.nodes) == list(there.nodes)[::-1]


def test_pyongyang_to_sinuiju(net):
    """P'yŏngyang–Sinŭiju is 225.1 km within 0.5 %."""
    assert net.path("P'yongyang", "Sinuiju").length_km == pytest.approx(225.1, rel=0.005)


def test_via_is_passed(net):
    """A way via a place off the shortest one passes it, and its length is the sum of both legs."""
    path = net.path("P'yŏngyang", "Sinŭiju", via=("Kaech'ŏn",))
    assert net.path("P'yŏngyang", "Sinŭiju", via="Kaech'ŏn") == path
    legs = [net.path("P'yŏngyang", "Kaech'ŏn"), net.path("Kaech'ŏn", "Sinŭiju")]
    assert path.length_km == pytest.approx(sum(p.length_km for p in legs))
    assert legs[0].nodes[-1] in list(path.nodes)


def test_two_stations_of_one_name_are_two(net):
    """Changhŭng of the Hambuk Line is 18.1 km along it; the one of the Sinhŭng Line is elsewhere."""
    with pytest.raises(sf.errors.AmbiguousNameError) as raised:
        net.path("Changhŭng", "Rajin")
    assert len(raised.value.candidates) >= 2
