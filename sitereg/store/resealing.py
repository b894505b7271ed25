"""The recovery key's public half in the database; and, once, what lay in the vault under symmetric keys, sealed to it instead.

Used by the upgrade alone, as the owner of the tables. 17_bind.sql ties the rows to the chain, as it did those of migration 0002.
"""
from sitereg import sealing

IDENTITIES = ("select i.source, pgp_sym_decrypt(i.cipher, encode(k.key, 'hex')), i.recorded_at, i.recorded_by, k.erased_at"
              " from vault.source_identity i left join vault.subject_key k on k.subject = i.source")
DRAFTS = ("select d.id, pgp_sym_decrypt(d.cipher, encode(k.key, 'hex')) from reg.draft d"
          " left join vault.subject_key k on k.subject = d.id")
EVENT = "00000000-0000-7000-8000-000000000009"


def recovery(raw):
    """The public half of the living recovery key, or None."""
    if raw.execute("select to_regclass('vault.recipient')").fetchone()[0] is None:
        return None
    row = raw.execute("select public from vault.recipient where account is null and ended_at is null").fetchone()
    return row[0] if row else None


def accept(raw, public):
    """Everything that comes into the vault is sealed to this recovery key from now on, if there is none yet; answers whether."""
    if recovery(raw) is not None:
        return False
    raw.execute("insert into vault.recipient (id, public) values (gen_random_uuid(), %s)", [public])
    return True


def waiting(raw):
    """How many identities of sources, and drafts, lie under symmetric keys."""
    return raw.execute("select (select count(*) from vault.source_identity) + (select count(*) from reg.draft)").fetchone()[0]


def reseal(raw, house):
    """All that lay under symmetric keys in the vault is sealed anew, and those keys are gone. house: its key's public half."""
    identities(raw)
    for draft, told in raw.execute(DRAFTS).fetchall():
        if told is None:
            raw.execute("delete from reg.draft where id = %s", [draft])
        else:
            raw.execute("update reg.draft set cipher = %s where id = %s", [sealing.sealed(told.encode(), [house]), draft])
        raw.execute("delete from vault.subject_key where subject = %s", [draft])
    raw.execute("delete from vault.subject_key k where k.key is null"
                " and not exists (select 1 from reg.sealed s where s.subject = k.subject)")


def identities(raw):
    """Each identity that its symmetric key opens is sealed to a key of its source, locked to the recovery key.

    One that was erased stays erased: a box without locks says so, and its cipher, which nothing opens, is not taken along.
    """
    held = raw.execute(IDENTITIES).fetchall()
    recipients = raw.execute("select id, public from vault.recipient where ended_at is null").fetchall()
    for source, told, at, by, erased in held:
        secret, public = sealing.identity()
        raw.execute("insert into vault.box (subject, kind, public, erased_at) values (%s, 'source', %s, %s)",
                    [source, public, (erased or at) if told is None else None])
        raw.execute("delete from vault.subject_key where subject = %s", [source])
        if told is None:
            continue
        for recipient, key in recipients:
            raw.execute("insert into vault.subject_lock (subject, recipient, wrapped) values (%s, %s, %s)",
                        [source, recipient, sealing.sealed(secret.encode(), [key])])
        raw.execute("insert into vault.sheet (id, subject, kind, cipher, recorded_at, recorded_by, event, digest)"
                    " values (gen_random_uuid(), %s, 'identity', %s, %s, %s, %s, '')",
                    [source, sealing.sheet(told, public), at, by, EVENT])
