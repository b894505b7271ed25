"""Batches taken back: every claim ended, nothing vanished, and the rows may come again."""
import pytest

from sitereg import imports
from sitereg.errors import BadInput, Conflict, Denied, NotFound
from sitereg.imports import batches
from tests import given
from tests.sitereg.imports.steps import look, partner

pytestmark = pytest.mark.db


def test_revoking_ends_every_claim_and_new_subjects_vanish_from_all_faces(registry, bring):
    report = bring()
    site = report.rows[0].subject
    own, = given.say(registry, site, given.name("kept"))
    done = imports.revoke(registry, batch=report.batch, reason="sent in error")
    assert done["claims_ended"] == report.claims
    assert look(registry, "select count(*) from reg.claim c where batch = %s and not exists"
                          " (select 1 from reg.claim_end e where e.claim = c.id)", report.batch) == [(0,)]
    assert look(registry, "select names->>'en' from reg.site where id = %s and face = 2", site) == [("kept",)]
    assert look(registry, "select count(*) from reg.site where id = %s", report.rows[1].subject) == [(0,)]
    assert look(registry, "select count(*) from reg.subject where id = %s", report.rows[1].subject) == [(1,)]
    assert look(registry, "select count(*) from reg.claim_end where claim = %s", own) == [(0,)]
    assert look(registry, "select count(*) from api._square_faults()") == [(0,)]
    assert batches.shown(registry, batch=report.batch)["revoked_why"] == "sent in error"
    with pytest.raises(Conflict):
        imports.revoke(registry, batch=report.batch, reason="twice")
    with pytest.raises(NotFound):
        imports.revoke(registry, batch=str(site), reason="no batch")


def test_the_rows_of_a_revoked_batch_can_be_imported_again(registry, bring):
    first = bring()
    imports.revoke(registry, batch=first.batch, reason="wrong grade")
    again = bring()
    assert again.already is None and again.claims == first.claims and again.counts["unchanged"] == 0
    assert again.new_subjects == 3


def test_rows_of_a_revoked_batch_write_again_even_where_their_subject_lives_on(registry, bring):
    site, _, _ = given.site(registry, given.kind("prison_central"),
                            {"predicate": "external_id", "value": {"scheme": "partner", "value": "1"}})
    first = bring()
    assert first.rows[0].subject == str(site)
    imports.revoke(registry, batch=first.batch, reason="wrong grade")
    again = bring()
    assert again.rows[0].subject == str(site) and not again.rows[0].unchanged and again.rows[0].claims


def test_revoking_needs_a_reason_a_role_and_sight_of_all_of_it(registry, bring):
    report = bring(made=partner(claims__3__compartments=["names"]))
    with pytest.raises(BadInput):
        imports.revoke(registry, batch=report.batch, reason=" ")
    with registry.as_("investigator1"), pytest.raises(Denied):
        imports.revoke(registry, batch=report.batch, reason="x")
    with registry.as_("steward1"), pytest.raises(NotFound):
        imports.revoke(registry, batch=report.batch, reason="x")
