"""Every read gives exactly the rows of the reader's face: against an oracle that knows nothing but tier, scope and face."""
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitereg import errors, sites
from tests.sitereg import faces

pytestmark = pytest.mark.db
relaxed = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def arrange(registry, given_sites):
    with registry.dba() as raw:
        faces.clear(raw)
        return faces.put(raw, *given_sites)


@relaxed
@given(faces.registries(), st.sampled_from(sorted(faces.READERS)))
def test_rows_are_those_of_the_oracle(registry, given_sites, reader):
    made = arrange(registry, given_sites)
    seen = sorted(site.code for site in made if site.seen_by(reader))
    placed = sorted(site.code for site in made if site.seen_by(reader) and site.place != "none")
    with registry.as_(reader):
        rows = {row["code"]: row for row in sites.find(registry)}
        assert list(rows) == seen
        for site in made:
            if site.code in placed and site.place == "point":
                assert (rows[site.code]["shown_as"] == "exact") == site.exact_for(reader)
        assert sites.count(registry) == len(seen)
        assert sum(sites.facets(registry).get("protection", {}).values()) == len(seen)
        assert [(row["code"], row["shown_as"]) for row in registry.rows("site_frame")] == [(code, row["shown_as"]) for code, row in rows.items()]
        assert sorted(row["code"] for row in sites.near(registry, lon=36.5, lat=33.5, km=400)) == placed
        for site in made:
            if site.seen_by(reader):
                page = sites.show(registry, site.code)
                assert page["code"] == site.code and page["face"] == faces.READERS[reader][0]
            else:
                for ask in (sites.show, sites.history, lambda s, code: sites.why(s, code, "place")):
                    with pytest.raises(errors.NotFound):
                        ask(registry, site.code)


@relaxed
@given(faces.registries(), st.sampled_from(sorted(faces.READERS)))
def test_policies_and_functions_agree(registry, given_sites, reader):
    arrange(registry, given_sites)
    with registry.dba() as raw:
        raw.execute("grant usage on schema reg to sr_policed")
    with registry.as_(reader):
        with registry.dba() as raw:
            raw.execute("set role sr_policed")
            policed = raw.execute("select code from reg.site order by code").fetchall()
            raw.execute("reset role")
        assert [row["code"] for row in sites.find(registry)] == [code for code, in policed]


@relaxed
@given(faces.registries())
def test_nobody_sees_nothing(registry, given_sites):
    arrange(registry, given_sites)
    registry.connection.execute("select set_config('sitereg.tok', '', true)")
    try:
        assert sites.find(registry) == [] and sites.count(registry) == 0 and sites.facets(registry) == {}
        assert registry.rows("site_frame") == [] and registry.value("site_tile", z=0, x=0, y=0) is None
        assert sites.near(registry, lon=36.5, lat=33.5, km=400) == []
        assert registry.rows("person_list") == [] and registry.rows("event_frame") == []
        with pytest.raises(errors.NotFound):
            sites.show(registry, "SYS-000000-X")
    finally:
        registry.become("worker")


def test_hidden_and_absent_read_alike(registry):
    arrange(registry, [faces.Site(n=1, tier=2, exact_tier=2)])
    said = []
    with registry.as_("investigator1"):
        for code in ("SYS-000001-X", "SYS-000002-X", "", "x" * 5000, "'; --"):
            for ask in (sites.show, sites.history, lambda s, code: sites.why(s, code, "place")):
                with pytest.raises(errors.NotFound) as refusal:
                    ask(registry, code)
                said.append(refusal.value.as_dict())
    assert all(one == said[0] for one in said)


@relaxed
@given(faces.registries(), faces.registries(most=3), st.sampled_from(["viewer", "investigator1", "officer"]))
def test_rows_above_a_reader_change_no_byte_for_him(registry, given_sites, others, reader):
    """The twin: the same registry, once with sites that the reader may not see."""
    level = faces.READERS[reader][0]
    hidden = [faces.replace(site, n=site.n + 500, tier=2, exact_tier=2) if level < 2 else faces.replace(site, n=site.n + 500, named=True)
              for site in others]
    made = arrange(registry, given_sites)
    with registry.as_(reader):
        before = everything(registry, made)
    with registry.dba() as raw:
        faces.put(raw, *hidden)
    with registry.as_(reader):
        assert everything(registry, made) == before


def everything(registry, made):
    asked = [sites.find(registry), sites.count(registry), sites.facets(registry), registry.rows("site_frame"),
             sites.near(registry, lon=36.5, lat=33.5, km=300), sites.find(registry, q="field"), sites.facets(registry, adm1=["SY01"])]
    asked += [registry.value("site_tile", z=z, x=x, y=y) for z, x, y in ((0, 0, 0), (6, 38, 25), (9, 307, 205), (12, 2463, 1647))]
    for site in made:
        try:
            asked.append(sites.show(registry, site.code))
        except errors.NotFound:
            asked.append(None)
    return repr(asked)
