"""The vault as it lies in the database, still sealed, for the file that is carried to the recovery key."""


def sealed(raw):
    """Each box that is not erased: {subject, kind, wrapped: its key locked to the recovery key, sheets: [(kind, cipher)]}."""
    rows = raw.execute(
        "select b.subject, b.kind, l.wrapped, array_agg(s.kind order by s.recorded_at, s.id) filter (where s.id is not null),"
        " array_agg(s.cipher order by s.recorded_at, s.id) filter (where s.id is not null)"
        " from vault.box b join vault.subject_lock l on l.subject = b.subject"
        " join vault.recipient r on r.id = l.recipient and r.account is null and r.ended_at is null"
        " left join vault.sheet s on s.subject = b.subject where b.erased_at is null group by b.subject, b.kind, l.wrapped"
        " order by b.subject").fetchall()
    return [{"subject": subject, "kind": kind, "wrapped": wrapped,
             "sheets": list(zip(kinds or (), map(bytes, ciphers or ()), strict=True))}
            for subject, kind, wrapped, kinds, ciphers in rows]
