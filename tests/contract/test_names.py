"""DESIGN section 7, Names: every spelling, and which of several namesakes a call means."""

from __future__ import annotations

import pytest
import worlds

import scrapflow as sf

TWO_MILLS = worlds.NODES + "m2,Gamma Mill,,,mill,r2,Elsewhere,13.0,50.0,1,reported,s1,2\n"


@pytest.mark.parametrize(
    "spelling", ["m1", "Gamma Mill", "gamma mill", "GAMMA MILL", "감마", "Kamma", "kamma", "Gam'ma", "Gamma", "Gam’ma"]
)
def test_any_spelling_finds_the_mill(plain_run, spelling):
    """Identifier, name, local name and aliases, without case, accents and apostrophes, are one place."""
    assert plain_run.flows.to(spelling).total_t == pytest.approx(120)


@pytest.mark.parametrize("spelling", ["Kangson", "Gangsun", "Kangsŏn", "강선", "KANGSON", "kangso\u0306n"])
def test_the_names_of_the_design(dprk, dprk_run, spelling):
    """Kangson, Gangsun, Kangsŏn and 강선 are one place; `to` means the mill there, `path` its station."""
    flows = dprk_run.flows
    assert flows.to(spelling).kinds == ["shipped"]
    assert flows.to(spelling).total_t == flows.to("Kangson").total_t > 0
    assert len(dprk.find(spelling)) == len(dprk.find("Kangson")) > 0


@pytest.mark.parametrize(
    ("spellings", "node"),
    [
        (
            (
                "Chollima",
                "천리마제강련합기업소",
                "Gangsun Steel Mill",
                "Kangsŏn Steel Works",
                "Ch'ollima Steel Complex",
            ),
            1,
        ),
        (("Songjin", "Sungjin Steel Complex", "Seongjin", "성진제강소", "성강", "Sŏngjin Steel Complex"), 1),
        (("Kimchaek Iron and Steel", "김책제철련합기업소", "김철", "Kim Chaek Iron & Steel Complex"), 1),
        (("Hwanghae Iron and Steel", "Kyŏmip'o Ironworks", "황해제철련합기업소"), 1),
    ],
)
def test_the_mills_answer_to_their_printed_names(dprk_run, spellings, node):
    """Every printed spelling of a steel works is one mill."""
    assert len({dprk_run.names.resolve(s, kinds=("mill",)) for s in spellings}) == node


@pytest.mark.parametrize(
    ("latin", "hangul"),
    [("Kanggye Ch'ŏngnyŏn", "강계청년"), ("Kanggye", "강계"), ("Sunchon", "순천"), ("Hungyung", "")],
)
def test_a_station_answers_to_each_hangul(dprk, latin, hangul):
    """Where lines print a station's Hangul differently, each of them finds it; an unknown name finds nothing."""
    found = set(dprk.find(latin).query("kind == 'station'")["node_id"])
    assert found == (set(dprk.find(hangul).query("kind == 'station'")["node_id"]) if hangul else set())


def test_path_and_through_mean_the_station(plain, plain_run):
    """A station, its yard and its town share a name: path and through take the station."""
    path = sf.build_network(plain).path("Alphaton", "Betaton")
    assert list(path.nodes) == ["t1", "t2"]
    assert plain_run.flows.through("Alphaton").total_t == plain_run.flows.through("t1").total_t > 0


def test_to_means_the_yard_where_no_mill_or_region_is(plain_run):
    """`to` takes mill, region, yard in this order: Alphaton is the yard, so what goes there is carted."""
    assert plain_run.flows.to("Alphaton").kinds == ["carted"]
    assert plain_run.flows.to("Alphaton").total_t == plain_run.flows.to("y1").total_t


def test_from_means_the_community_before_the_enterprise(make):
    """`from_` takes region, community, enterprise in this order."""
    world = make(nodes=worlds.NODES.replace("Beta Plant", "Betaton"))
    flows = sf.run(world, "2015").flows
    assert set(flows.from_("Betaton").to_frame()["origin"]) == {"c2"}


def test_from_means_the_region_first(make):
    """A region of the same name comes before its community."""
    world = make(regions=worlds.REGIONS.replace("South Shire", "Betaton"))
    flows = sf.run(world, "2015").flows.kind("carted")
    assert set(flows.from_("Betaton").to_frame()["origin"]) == {"c2", "e2"}


def test_to_means_the_mill_before_the_region(make):
    """`to` a name that is a mill's and a region's selects what is shipped to the mill."""
    world = make(regions=worlds.REGIONS.replace("South Shire", "Gamma Mill"))
    assert sf.run(world, "2015").flows.to("Gamma Mill").kinds == ["shipped"]


def test_an_identifier_comes_before_any_name(make):
    """Exact node_id first: a mill whose name is another node's identifier does not catch it."""
    world = make(nodes=worlds.NODES.replace("Lost Plant", "t1"))
    assert next(iter(sf.build_network(world).path("t1", "Betaton").nodes)) == "t1"


def test_two_of_one_kind_are_ambiguous(make):
    """Two mills of one name: AmbiguousNameError with both; the identifier still works."""
    mills = worlds.MILLS + "m2,5,,,true\n"
    links = worlds.LINKS + "l3,m1,m2,false,rail,80,reported,,1435,,,s2\n"
    run = sf.run(make(nodes=TWO_MILLS, mills=mills, links=links), "2015")
    with pytest.raises(sf.errors.AmbiguousNameError) as raised:
        run.flows.to("Gamma Mill")
    assert {"m1", "m2"} <= {str(c).split(" ")[0] for c in raised.value.candidates} or {"m1", "m2"} <= set(
        " ".join(map(str, raised.value.candidates)).replace("(", " ").replace(")", " ").replace(",", " ").split()
    )
    assert run.flows.to("m2").total_t >= 0


@pytest.mark.parametrize("call", ["to", "from_", "through"])
def test_an_unknown_name_has_candidates(plain_run, call):
    """A misspelt name is a LookupError that says what may be meant."""
    with pytest.raises(sf.errors.UnknownNameError) as raised:
        getattr(plain_run.flows, call)("Alphatown")
    assert isinstance(raised.value, LookupError)
    assert any("Alpha" in str(c) for c in raised.value.candidates)


def test_a_region_answers_to_its_local_name(plain_run):
    """Regions are found by name, local name and identifier."""
    flows = plain_run.flows.kind("carted")
    assert flows.from_("북주").total_t == flows.from_("r1").total_t == flows.from_("north shire").total_t > 0


def test_find_lists_every_namesake(plain):
    """`find` returns rows of nodes, all kinds that share the name."""
    assert set(plain.find("alphaton")["node_id"]) >= {"c1", "y1", "t1"}
