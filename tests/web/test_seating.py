"""Who sits is asked once a request, of the database, and believed for that request alone; a connection that was lent forgets."""
import psycopg
import pytest

from sitereg.actors import Actor
from sitereg.errors import Refused, SiteregError
from sitereg.store import seating, session
from web import seats

pytestmark = pytest.mark.db


def seated(house, token, uniquifier):
    return seating.seated(house.settings, token, uniquifier, idle=seats.IDLE, unseen=seats.SEEN, whole=seats.WHOLE)


def sitting(house, name):
    """(hash of the newest seat of that account, its uniquifier)."""
    return house.rows('select t.hash, u.fs_uniquifier from signin.seat t join signin."user" u on u.id = t.user_id where u.account = %s'
                      " order by t.began_at desc limit 1", name)[0]


def test_a_seat_is_found_with_its_own_user_alone(house):
    house.visitor("worker"), house.visitor("viewer")
    (mine, me), (_, other) = sitting(house, "worker"), sitting(house, "viewer")
    assert seated(house, mine, me)["account"] == "worker"
    assert seated(house, mine, other) is None
    assert seated(house, seats.hashed("a guess"), me) is None


def test_a_seat_that_ended_beneath_is_over_at_the_next_request(house):
    visitor = house.visitor("officer")
    visitor.get("/me")
    house.rows("update signin.seat set ended_at = now() where hash = %s returning 1", sitting(house, "officer")[0])
    assert visitor.client.get("/me").status_code == 401


def test_a_user_who_was_shut_out_beneath_sits_no_more(house):
    visitor = house.visitor("investigator1")
    visitor.get("/me")
    house.rows("""update signin."user" set active = false where account = 'investigator1' returning 1""")
    try:
        assert visitor.client.get("/me").status_code == 401
    finally:
        house.rows("""update signin."user" set active = true where account = 'investigator1' returning 1""")


def test_connections_that_the_database_closed_disturb_nobody_who_sits(house):
    house.visitor("worker")
    mine, me = sitting(house, "worker")
    seated(house, mine, me)
    ended = house.rows("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'sitereg seats'"
                       " and datname = current_database()")
    assert ended
    assert seated(house, mine, me)["account"] == "worker"


def test_what_was_said_in_a_transaction_is_forgotten_before_the_next(house):
    with session.reading(house.settings, Actor("worker", "local", "test")) as opened:
        opened.connection.execute("select set_config('sitereg.left', 'behind', false)")
        first = opened.connection.info.backend_pid
    for _ in range(20):
        with session.reading(house.settings, Actor("viewer", "local", "test")) as opened:
            left = opened.connection.execute("select current_setting('sitereg.left', true)").fetchone()[0]
            assert not left
            if opened.connection.info.backend_pid == first:
                break
    else:
        pytest.fail("the connection did not come again")


def test_what_only_reads_cannot_write_from_its_first_moment(house):
    with pytest.raises((SiteregError, psycopg.errors.ReadOnlySqlTransaction)) as told, \
            session.reading(house.settings, Actor("worker", "local", "test")) as opened:
        opened.call("log_read", action="search", detail=session.Json({}))
    assert not isinstance(told.value, Refused)
