-- The door of partners: what they submit is sealed in their browsers, so nothing here knows what it says. Nothing that is answered depends
-- on what the registry holds, and no time is kept finer than the hour: so no event of the chain tells of it before a handler opens it.
set role sr_vault;
create function api.door_keys() returns table(public text) volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('partner');
  return query select r.public from api._live_recipients() r order by r.account nulls first;
end $$;
comment on function api.door_keys() is 'The public keys of the institution, to which a partner''s browser seals what it submits: the recovery key first, then its handlers''.';
reset role;

set role sr_writer;
create function api._hour() returns timestamptz volatile set search_path = pg_catalog, public, pg_temp language sql as $$ select date_trunc('hour', clock_timestamp(), 'UTC') $$;

create function api._receipt_code() returns text volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v bytea := gen_random_bytes(24); v_code text;
begin
  select string_agg(substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', get_byte(v, i) % 32 + 1, 1) || case when i in (3, 7) then '-' else '' end, '' order by i)
    into v_code from generate_series(0, 11) i;
  return v_code;
end $$;

-- How much one partner may send: twenty submissions and 2 GB (16,384 parts) begun in a day, whatever became of them; a hundred and 4 GB that
-- wait for a handler. Reckoned from his own alone, so what others sent shapes no answer.
create function api._door_bounds(p_owner uuid, p_parts int) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  insert into reg.door_tally(owner, day, begun, parts) values (p_owner, reg.today(), 1, p_parts)
    on conflict (owner, day) do update set begun = door_tally.begun + 1, parts = door_tally.parts + excluded.parts returning begun, parts into v;
  if v.begun > 20 or v.parts > 16384 then perform api._refuse('day', 'You began as much today as one partner may: go on tomorrow.'); end if;
  select count(*) + 1 as n, coalesce(sum((select sum(u) from unnest(s.parts) u)), 0) + p_parts as parts into v from reg.submission s where s.owner = p_owner and s.opened_at is null;
  if v.n > 100 or v.parts > 32768 then perform api._refuse('waiting', 'As much of yours waits to be read as may wait: go on when some of it was read.'); end if;
end $$;

-- p_parts: how many parts each item has, the letter first.
create function api.door_begin(p_title text, p_parts int[]) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('partner'); v uuid := gen_random_uuid(); v_parts int;
begin
  if coalesce(trim(p_title), '') = '' or length(p_title) > 200 or p_title ~ '[[:cntrl:]]' then
    perform api._bad('missing_required', 'title', '', 'Give it a title of your own'); end if;
  if not coalesce(cardinality(p_parts) between 1 and 21 and p_parts[1] = 1 and not exists (select 1 from unnest(p_parts) n where n is null or n not between 1 and 1024)
      and (select sum(n) from unnest(p_parts) n) <= 2048, false) then
    perform api._bad('too_large', 'files', '', 'At most twenty files, of 128 MB each and 256 MB together'); end if;
  v_parts := (select sum(n) from unnest(p_parts) n);
  perform pg_advisory_xact_lock(hashtextextended('door:' || v_by, 0));
  if (select count(*) from reg.submission s where s.owner = v_by and s.sent_at is null) >= 5 then
    perform api._refuse('unsent', 'Five submissions are not sent yet: send them, or drop them.'); end if;
  perform api._door_bounds(v_by, v_parts);
  insert into reg.submission(id, owner, title, parts, began_at) values (v, v_by, trim(p_title), p_parts, api._hour());
  return v;
end $$;
comment on function api.door_begin(text, int[]) is 'A partner begins a submission: its title, which is not sealed, and how many sealed parts each of its items has, the letter first.';

create function api.door_mine(p_id uuid default null) returns table(id uuid, title text, parts int[], hour timestamptz, receipt text, state text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('partner');
  return query select s.id, s.title, s.parts, coalesce(s.sent_at, s.began_at), s.receipt, case when s.sent_at is null then 'unsent' when s.opened_at is null then 'received' else 'read' end
    from reg.submission s where s.owner = api.account() and (p_id is null or s.id = p_id) order by 4 desc, s.id;
end $$;
comment on function api.door_mine(uuid) is 'A partner''s own submissions, or one of them: title, sizes, hour, receipt, and whether it is unsent, received or read.';

create function api.door_send(p_id uuid, p_sha256 bytea) returns text
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('partner'); v reg.submission;
begin
  select * into v from reg.submission s where s.id = p_id and s.owner = v_by for update;
  if not found then perform api._missing(); end if;
  if v.sent_at is not null then return v.receipt; end if;
  update reg.submission s set sent_at = api._hour(), receipt = api._receipt_code(), sha256 = p_sha256 where s.id = p_id returning s.receipt into v.receipt;
  return v.receipt;
end $$;
comment on function api.door_send(uuid, bytea) is 'A submission whose parts are all there is sent; answers its receipt, a random code, again the same.';

create function api.door_drop(p_id uuid) returns void volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('partner');
begin
  delete from reg.submission s where s.id = p_id and s.owner = v_by and s.sent_at is null;
  if not found then perform api._missing(); end if;
end $$;
comment on function api.door_drop(uuid) is 'A submission that was not sent is gone.';

-- For those who open them.
create function api.submissions() returns table(id uuid, sender text, title text, parts int[], hour timestamptz, receipt text, opened_by text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('source_handler');
  return query select s.id, a.display, s.title, s.parts, s.sent_at, s.receipt, b.display
    from (select *, row_number() over (partition by x.owner order by x.opened_at is not null, x.sent_at desc, x.id) as nth from reg.submission x where x.sent_at is not null) s
    join reg.account a on a.id = s.owner left join reg.account b on b.id = s.opened_by
    where s.nth <= 200 order by s.opened_at is not null, s.sent_at desc, s.id;
end $$;
comment on function api.submissions() is 'What partners sent, still sealed, for source handlers: those that nobody opened first; of each partner 200 at most, so that none hides what others sent.';

create function api.submission_open(p_id uuid) returns table(sender text, title text, parts int[], hour timestamptz, receipt text, sha256 bytea)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_by uuid := api._need('source_handler'); v_event uuid := reg.new_id(); v reg.submission;
begin
  select * into v from reg.submission s where s.id = p_id and s.sent_at is not null for update;
  if not found then perform api._missing(); end if;
  if v.opened_at is null then
    update reg.submission s set opened_at = api._hour(), opened_by = v_by where s.id = p_id;
    perform api._close_event(v_event, 'submission_open', p_id, 'sealed parts sha256 ' || encode(v.sha256, 'hex'));
  end if;
  perform api.log_read('submission_open', p_id);
  return query select a.display, v.title, v.parts, v.sent_at, v.receipt, v.sha256 from reg.account a where a.id = v.owner;
end $$;
comment on function api.submission_open(uuid) is 'A handler opens what a partner sent: the first opening is an event with the hash of the sealed parts, each stands in the log of reads.';
reset role;

-- What of partners and families is finer than the hour is gone: seats that are over, attempts, the moments of known browsers; submissions never sent.
set role sr_ident;
create function api.keeper_partners_seats() returns void volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_users int[] := array(select u.id from signin."user" u join reg.account a on a.name = u.account join reg.clearance c on c.account = a.id and c.roles && array['partner', 'family']);
begin
  delete from signin.seat s where s.user_id = any (v_users) and (s.ended_at is not null or s.began_at < clock_timestamp() - interval '8 hours');
  update signin.device d set made_at = date_trunc('hour', d.made_at, 'UTC'), seen_at = date_trunc('hour', d.seen_at, 'UTC') where d.user_id = any (v_users);
  update signin.passkey k set made_at = date_trunc('hour', k.made_at, 'UTC'), used_at = date_trunc('hour', k.used_at, 'UTC') where k.user_id = any (v_users);
  delete from signin.attempt t where t.at < clock_timestamp() - interval '1 hour';
end $$;
comment on function api.keeper_partners_seats() is 'Of partners and families no moment finer than the hour is kept once they have left, and of nobody an attempt to sign in for longer than an hour.';
reset role;

set role sr_writer;
create function api.keeper_door(p_ids uuid[]) returns uuid[] volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._keeper();
  delete from reg.door_tally t where t.day < reg.today();
  delete from reg.submission s where s.sent_at is null and s.began_at < clock_timestamp() - interval '7 days';
  return array(select s.id from reg.submission s where s.id = any (p_ids));
end $$;
comment on function api.keeper_door(uuid[]) is 'Submissions that were not sent within a week are gone; which of these folders still have one.';
reset role;
