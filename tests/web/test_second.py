"""The second factor through the web: setting one up, being asked, recovery codes; locks and what is kept over them."""
import re
import time
from dataclasses import replace

import pytest
from flask_security.totp import Totp
from passlib.totp import TOTP

from tests.web.conftest import PASSWORD, proper
from tests.web.test_signin import attempt
from web import create_app, factors, security

pytestmark = pytest.mark.db
HTML = {"Accept": "text/html"}


@pytest.fixture
def strict(house):
    """The same registry, in which verifiers and source handlers sign in with a second factor."""
    app = create_app(replace(house.settings, second_factor=("verifier", "source_handler")))
    app.testing = True
    yield replace_app(house, app)
    app.extensions["signin"].get_bind().dispose()
    house.rows('update signin."user" set totp = null, totp_counter = null returning 1')
    house.rows("delete from signin.recovery returning 1")
    house.rows("delete from signin.attempt returning 1")


def replace_app(house, app):
    return type(house)(house.settings, app, house.sites)


def token(client, path="/me"):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[1]


def key(page):
    return TOTP(re.search(r'class="num key">([^<]+)<', page)[1].replace("-", ""))


def steps(made):
    """The code of now: it opens once."""
    return made.generate(time.time()).token


def set_up(client, path="/second/new", **more):
    page = proper(client.get(path)).text
    made = key(page)
    answer = client.post(path, data={"csrf_token": token(client, path), "code": steps(made), **more})
    return made, answer


def sign_in(house, name):
    return attempt(house, f"{name}@test.invalid", PASSWORD)


def test_a_role_that_needs_a_second_factor_sets_one_up_first(strict):
    client, answer = sign_in(strict, "verifier1")
    assert answer.headers["Location"] == "/second/new"
    assert client.get("/desk", headers=HTML).headers["Location"] == "/second/new", "the password alone opens nothing"
    assert client.get("/desk", headers={"Accept": "application/json"}).status_code == 401
    made, answer = set_up(client)
    codes = re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", proper(answer).text)
    assert len(codes) == 10 and client.get("/desk").status_code == 200
    held = strict.rows('select totp from signin."user" where account = %s', "verifier1")[0][0]
    assert made.base32_key not in held and made.hex_key not in held
    assert not [one for one, in strict.rows("select hash from signin.recovery") if codes[0].replace("-", "") in one]
    assert ("totp set up",) in strict.rows("select detail->>'what' from reg.read_log where action = 'sign_in_changed'")


def test_others_sign_in_without(strict):
    client, answer = sign_in(strict, "viewer")
    assert answer.headers["Location"] == "/" and client.get("/me").status_code == 200


def test_where_all_need_one_everybody_is_asked(house):
    app = create_app(replace(house.settings, second_factor=("all",)))
    _client, answer = sign_in(replace_app(house, app), "viewer")
    app.extensions["signin"].get_bind().dispose()
    assert answer.headers["Location"] == "/second/new"


def asked(strict, name="verifier1"):
    """(the app of an account that has one, a client that gave the password)."""
    client, _answer = sign_in(strict, name)
    made, answer = set_up(client)
    codes = re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", answer.text)
    client, answer = sign_in(strict, name)
    assert answer.headers["Location"] == "/second"
    later(strict)
    return made, codes, client


def later(strict):
    """As if the codes used so far were minutes old: what the clock says now opens."""
    strict.rows('update signin."user" set totp_counter = totp_counter - 10 where totp is not null returning 1')


def give(client, code):
    return client.post("/second", data={"csrf_token": token(client, "/second"), "code": code})


def test_the_code_opens_once(strict):
    made, _codes, client = asked(strict)
    stolen = client.get_cookie("sitereg").value
    assert "second.begin" not in proper(client.get("/second")).text
    assert client.get("/second/new", headers=HTML).headers["Location"] == "/second", "nobody adds a factor with the password alone"
    assert give(client, "000000").status_code == 422
    used = steps(made)
    assert give(client, used).headers["Location"] == "/" and client.get("/desk").status_code == 200
    thief = strict.app.test_client()
    thief.set_cookie("sitereg", stolen, domain="localhost")
    assert thief.get("/desk", headers=HTML).headers["Location"] == "/sign-in", "the seat that waited is over once another is open"
    client, _answer = sign_in(strict, "verifier1")
    assert give(client, used).status_code == 422
    later(strict)
    assert give(client, steps(made)).status_code == 303


def test_one_goes_on_where_one_wanted_to_go(strict):
    made, _codes, _client = asked(strict)
    client = strict.app.test_client()
    client.get("/desk", headers=HTML)
    client.post("/sign-in", data={"email": "verifier1@test.invalid", "password": PASSWORD, "csrf_token": token(client, "/sign-in")})
    assert give(client, steps(made)).headers["Location"] == "/desk"


def test_a_recovery_code_opens_once_however_it_is_written(strict):
    _made, codes, client = asked(strict)
    assert give(client, f" {codes[3].upper().replace('-', ' ')} ").status_code == 303
    client, _answer = sign_in(strict, "verifier1")
    assert give(client, codes[3]).status_code == 422
    assert give(client, codes[4]).status_code == 303


def test_a_recovery_code_of_a_colleague_opens_nothing(strict):
    _made, codes, _client = asked(strict)
    _made, mine, client = asked(strict, "handler")
    assert give(client, codes[5]).status_code == 422
    assert give(client, mine[5]).status_code == 303


def test_a_seat_that_waits_for_its_code_is_over_after_a_quarter_of_an_hour(strict):
    made, _codes, client = asked(strict)
    held = token(client, "/second")
    strict.rows("update signin.seat set seen_at = now() - interval '16 minutes' returning 1")
    assert client.get("/second", headers=HTML).headers["Location"] == "/sign-in"
    assert client.post("/second", data={"csrf_token": held, "code": steps(made)}).status_code == 401


def test_factors_from_before_are_sealed_anew_when_they_are_used(strict):
    """Until 0.1.0 the key was made of the token key, which a dump of the database holds."""
    _made, codes, client = asked(strict)
    with strict.app.test_request_context():
        opens = Totp({"1": security.former(strict.settings, "second factors").hex()}, issuer="sitereg")
        before = opens.generate_totp_secret()
        marks = {key: factors.mark(codes[7], key) for key in (security.former, security.derived)}
    strict.rows(f"update signin.\"user\" set totp = '{before}', totp_counter = null where account = 'verifier1' returning 1")
    strict.rows(f"update signin.recovery set hash = '{marks[security.former]}' where hash = '{marks[security.derived]}' returning 1")
    assert give(client, opens._totp.from_source(before).generate().token).headers["Location"] == "/"
    ((now,),) = strict.rows("select totp from signin.\"user\" where account = 'verifier1'")
    assert now != before
    with pytest.raises(KeyError):
        opens._totp.from_source(now)
    assert give(sign_in(strict, "verifier1")[0], codes[7]).headers["Location"] == "/"


def test_five_wrong_codes_end_the_seat_and_then_the_password_waits(strict):
    _made, _codes, client = asked(strict)
    for turn in range(5):
        assert give(client, "123456").status_code == (422 if turn < 4 else 303)
    assert client.get("/second", headers=HTML).headers["Location"] == "/sign-in"
    client, answer = sign_in(strict, "verifier1")
    assert answer.status_code == 200 and "did not work" in answer.text


def test_codes_guessed_in_one_seat_make_the_right_one_wait_in_another(strict):
    made, _codes, client = asked(strict)
    other, _answer = sign_in(strict, "verifier1")
    for one in (client, client, client, other, other):
        assert give(one, "123456").status_code == 422
    assert give(other, steps(made)).status_code == 422


def test_a_factor_is_changed_with_the_password_alone(strict):
    client, _answer = sign_in(strict, "viewer")
    _made, answer = set_up(client, password="not it at all, sorry")
    assert answer.status_code == 422 and "The password was not right" in answer.text
    _made, answer = set_up(client, password=PASSWORD)
    assert "Recovery codes" in answer.text
    before = strict.rows("select count(*) from signin.recovery")[0][0]
    assert client.post("/second/end", data={"csrf_token": token(client), "password": "no"}).headers["Location"] == "/me?again=password"
    assert client.post("/second/codes", data={"csrf_token": token(client), "password": PASSWORD}).status_code == 200
    assert strict.rows("select count(*) from signin.recovery")[0][0] == before == 10
    assert client.post("/second/end", data={"csrf_token": token(client), "password": PASSWORD}).headers["Location"] == "/me"
    assert "Set up an app" in client.get("/me").text


def test_the_last_factor_of_a_role_that_needs_one_stays(strict):
    client, _answer = sign_in(strict, "verifier2")
    set_up(client)
    assert client.post("/second/end", data={"csrf_token": token(client), "password": PASSWORD}).headers["Location"] == "/me?again=last"
    assert "your only second factor" in proper(client.get("/me?again=last")).text


def test_the_picture_is_drawn_here_and_the_key_stands_below(strict):
    client, _answer = sign_in(strict, "verifier2")
    page = proper(client.get("/second/new")).text
    assert 'src="data:image/svg+xml;base64,' in page and key(page)
    assert key(client.get("/second/new").text).hex_key == key(page).hex_key, "a page loaded again shows the same"
    for lang in ("en", "ar"):
        proper(client.get(f"/second/new?lang={lang}"), lang)


def locked(house, name="investigator1"):
    client, _answer = sign_in(house, name)
    house.rows("update signin.seat set seen_at = now() - interval '16 minutes' returning 1")
    return client


def test_fifteen_idle_minutes_lock_and_the_password_opens_where_one_was(house):
    code = house.sites["prison"]["code"]
    client = locked(house)
    answer = client.get(f"/sites/{code}/history?x=1", headers=HTML)
    assert answer.headers["Location"] == "/unlock"
    page = proper(client.get("/unlock")).text
    assert code not in page and "Investigator1" not in page and "investigator1" not in page
    house.rows("update signin.seat set seen_at = now() returning 1")
    assert client.get("/me", headers=HTML).headers["Location"] == "/unlock", "it stays locked"
    assert client.get("/me", headers={"Accept": "application/json"}).status_code == 401
    client.get(f"/sites/{code}/history?x=1", headers=HTML)
    assert client.post("/unlock", data={"csrf_token": token(client, "/unlock"), "password": "wrong"}).status_code == 422
    answer = client.post("/unlock", data={"csrf_token": token(client, "/unlock"), "password": PASSWORD})
    assert answer.headers["Location"] == f"/sites/{code}/history?x=1" and client.get("/me").status_code == 200


def test_a_page_locks_its_seat_and_a_search_lives_on(house):
    client, _answer = sign_in(house, "investigator1")
    sent = client.post("/sites", data={"csrf_token": token(client), "q": "Prison"}).headers["Location"]
    assert client.post("/stay", data={"csrf_token": token(client)}).status_code == 204
    held = token(client)
    assert client.post("/lock", data={"csrf_token": held}).status_code == 204
    assert client.post("/stay", data={"csrf_token": held}).status_code == 401
    assert client.get(sent, headers=HTML).headers["Location"] == "/unlock"
    assert client.post("/unlock", data={"csrf_token": held, "password": PASSWORD}).headers["Location"] == sent
    assert "Hill Prison" in client.get(sent).text


def test_five_wrong_passwords_end_a_locked_seat(house):
    client = locked(house, "steward1")
    held = token(client, "/unlock")
    for _turn in range(5):
        answer = client.post("/unlock", data={"csrf_token": held, "password": "wrong"})
    assert answer.headers["Location"] == "/sign-in" and client.get("/unlock", headers=HTML).headers["Location"] == "/sign-in"


def test_after_eight_hours_no_password_unlocks(house):
    client = locked(house)
    held = token(client, "/unlock")
    house.rows("update signin.seat set began_at = now() - interval '8 hours 1 minute' returning 1")
    assert client.post("/unlock", data={"csrf_token": held, "password": PASSWORD}).status_code == 401
    assert client.get("/me", headers=HTML).headers["Location"] == "/sign-in"


def test_a_form_sent_while_locked_is_offered_again_and_not_done_unasked(house):
    code = house.sites["prison"]["code"]
    client, _answer = sign_in(house, "officer")
    held = token(client)
    house.rows("update signin.seat set locked_at = now() where ended_at is null returning 1")
    before = house.rows("select count(*) from reg.decision")
    answer = client.post(f"/sites/{code}/protection", headers=HTML, data={"csrf_token": held, "to": "at_risk", "reason": "Gate broken \"<b>"})
    page = proper(answer).text
    assert answer.status_code == 401 and "was not saved" in page and "Gate broken" not in page and code not in page
    kept = re.search(r'name="kept" value="([^"]+)"', page)[1]
    page = proper(client.post("/unlock", data={"csrf_token": held, "password": PASSWORD, "kept": kept})).text
    assert f'action="/sites/{code}/protection"' in page and 'name="reason" value="Gate broken &#34;&lt;b&gt;"' in page
    assert page.count('name="csrf_token"') >= 1 and house.rows("select count(*) from reg.decision") == before
    other, _answer = sign_in(house, "officer1")
    house.rows("update signin.seat set locked_at = now() where ended_at is null returning 1")
    answer = other.post("/unlock", data={"csrf_token": token(other, "/unlock"), "password": PASSWORD, "kept": kept})
    assert answer.status_code == 303 and "Gate" not in answer.text, "what one seat sent, another one cannot open"


def test_every_other_seat_can_be_ended_from_one(house):
    first, _answer = sign_in(house, "handler")
    second, _answer = sign_in(house, "handler")
    second.post("/me/seats", data={"csrf_token": token(second)})
    assert first.get("/me", headers=HTML).status_code == 303 and second.get("/me").status_code == 200
    assert house.rows("""select count(*) from signin.device d join signin."user" u on u.id = d.user_id where u.account = 'handler'""") == [(0,)]


def test_a_demo_home_asks_nobody_and_says_so(house, tmp_path):
    settings = replace(house.settings, second_factor=("all",), home=tmp_path)
    settings.demo_mark.write_text("")
    app = create_app(replace(settings, key_file=house.settings.token_key_file))
    app.testing = True
    _client, answer = attempt(replace_app(house, app), "viewer@test.invalid", PASSWORD)
    assert answer.headers["Location"] == "/"
    app.extensions["signin"].get_bind().dispose()
