-- Who is asking. One road: a signed token announced in the transaction, or, for SQL people, the session's own user.
-- Token: account's name | how | request | expiry (epoch seconds) | backend pid | HMAC-SHA256 of the five before it, hex.
-- No token, a forged or expired one, an unknown, frozen or uncleared account: no row, so nothing is seen.
-- The month is Damascus's, as on the pages: in UTC an id of the month's first hours would contradict the page and so tell them.
create or replace function reg.new_id() returns uuid volatile language sql as $$
  select (lpad(to_hex((extract(epoch from date_trunc('month', clock_timestamp(), 'Asia/Damascus')) * 1000)::bigint), 12, '0')
    || '7' || substr(gen_random_uuid()::text, 16))::uuid $$;
comment on function reg.new_id() is 'A UUIDv7 of the month: its 48 bits of time are the start of the month in Damascus, the rest is random.';

create or replace function reg.today() returns date stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
begin
  return coalesce((select (s.value #>> '{}')::date from reg.setting s where s.name = 'today'),
                  (statement_timestamp() at time zone 'Asia/Damascus')::date);
end $$;
comment on function reg.today() is 'The day in Damascus; a setting named today freezes it for tests.';

create or replace function reg.check_letter(p_code text) returns text immutable parallel safe language sql as $$
  select substr('23456789ABCDEFGHJKMNPQRSTVWXYZ', (sum((position(substr(p_code, i, 1) in '23456789ABCDEFGHJKMNPQRSTVWXYZ') - 1) * (i * 2 + 1)) % 30)::int + 1, 1)
  from generate_series(1, length(p_code)) i $$;
comment on function reg.check_letter(text) is 'The check character of the random part of a code.';

create or replace function reg.new_code(p_prefix text) returns text volatile language plpgsql as $$
declare v_code text; v_bytes bytea;
begin
  loop
    v_bytes := gen_random_bytes(12);
    select string_agg(substr('23456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(v_bytes, i) * 256 + get_byte(v_bytes, i + 6)) % 30 + 1, 1), '' order by i)
      into v_code from generate_series(0, 5) i;
    v_code := p_prefix || '-' || v_code || '-' || reg.check_letter(v_code);
    exit when not exists (select 1 from reg.subject s where s.code = v_code);
  end loop;
  return v_code;
end $$;
comment on function reg.new_code(text) is 'A random, speakable code with a check character, such as SYS-K7F49M-3; never serial.';

alter function reg.new_id() owner to sr_owner;
alter function reg.check_letter(text) owner to sr_owner;
alter function reg.new_code(text) owner to sr_owner;
alter function reg.today() owner to sr_ident;

set role sr_ident;
create type api._asking as (account uuid, name text, display text, level int, compartments text[], roles text[],
  area geometry, how text, request text);

-- Who asks, from the session and the living rows at each call: nothing is kept that somebody could have set. The compartment of what
-- is frozen (44_frozen.sql) is held by releasers of tier 2 because they are that, and by no clearance that names it. A SQL login asks
-- as long as its account is an analyst's and no partner's. A family that reads its own page has no tier and holds no compartments, not
-- even the empty set: no row of the registry is its to see. Nobody but the keeper is answered while an agreement has seen its last day and
-- what rests on it still stands in the resolved records: `lapse_agreements` carries that out. For the definer
-- functions below, which see the keys. It and they are in plpgsql, whose plans last for a session: they are asked at every turn.
create function api._who() returns api._asking stable language plpgsql as $$
declare v api._asking; v_part text[]; v_name text; v_how text := 'sql'; v_request text;
begin
  if session_user not in ('sr_web', 'sr_keeper') then
    select a.name into v_name from reg.account a where a.sql_login = session_user and a.state = 'active'; end if;
  if v_name is null then
    v_part := string_to_array(nullif(current_setting('sitereg.tok', true), ''), '|');
    if cardinality(v_part) = 6 and v_part[4] ~ '^[0-9]{1,12}$' and v_part[5] ~ '^[0-9]{1,9}$'
       and v_part[5]::int = pg_backend_pid() and v_part[4]::bigint >= extract(epoch from clock_timestamp()) then
      perform 1 from reg.token_key k where k.retired_at is null
        and encode(hmac(convert_to(array_to_string(v_part[1:5], '|'), 'UTF8'), k.key, 'sha256'), 'hex') = v_part[6];
      if found then v_name := v_part[1]; v_how := v_part[2]; v_request := nullif(v_part[3], ''); end if;
    end if;
  end if;
  select a.id, a.name, a.display, case when not 'family' = any (c.roles) then c.tier end, case when not 'family' = any (c.roles) then array_remove(c.compartments, 'frozen')
      || case when c.tier = 2 and 'releaser' = any (c.roles) then array['frozen'] else '{}' end end, c.roles, c.area, v_how, v_request into v
    from reg.account a join reg.clearance c on c.account = a.id and c.ended_at is null and c.expires_at > clock_timestamp()
   where a.name = v_name and a.state = 'active' and (v_name = 'keeper' or not exists (select 1 from reg.agreement g where not g.over and g.until < (select reg.today()))) and (v_how <> 'sql' or 'analyst' = any (c.roles) and not c.roles && array['partner', 'family']);
  return v;
end $$;

-- How a transaction of the web names its account to the keeper and to nobody else: another mark on every connection.
create function api._mark(p_account text, p_pid int) returns text stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return (select 'sitereg ' || left(encode(hmac(convert_to(p_account || '|' || p_pid, 'UTF8'), k.key, 'sha256'), 'hex'), 24)
          from reg.token_key k where k.retired_at is null order by k.id desc limit 1);
end $$;

-- The ids of the sets of compartments that somebody holds whole; null for nobody, who holds not even the empty one.
create function api._held(p_compartments text[]) returns int[] stable language plpgsql as $$
begin
  return (select array_agg(s.id) from reg.scope s where s.compartments <@ p_compartments);
end $$;

create function api.me(out account uuid, out name text, out display text, out level int, out scopes int[],
                       out roles text[], out how text, out request text, out area geometry)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v api._asking := api._who();
begin
  account := v.account; name := v.name; display := v.display; level := v.level; scopes := api._held(v.compartments);
  roles := v.roles; how := v.how; request := v.request; area := v.area;
end $$;
comment on function api.me() is 'The one who asks: account, clearance tier, scopes, roles; all null when nobody is announced.';

create function api.account() returns uuid stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return (api._who()).account; end $$;
comment on function api.account() is 'The account that asks, or null.';
create function api.level() returns int stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return (api._who()).level; end $$;
comment on function api.level() is 'The clearance tier of the one who asks (0 to 2), or null.';
create function api.scopes() returns int[] stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return api._held((api._who()).compartments); end $$;
comment on function api.scopes() is 'The ids of the sets of compartments that the one who asks holds whole, or null.';
create function api.roles() returns text[] stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return coalesce((api._who()).roles, '{}'); end $$;
comment on function api.roles() is 'The roles of the one who asks; empty for nobody.';
create function api.how() returns text stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return (api._who()).how; end $$;
comment on function api.how() is 'How the one who asks was proved: password, local, sql, token, system.';
create function api.request() returns text stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return (api._who()).request; end $$;
comment on function api.request() is 'The id of the request, as announced.';

-- What is known of the one who asks, if he has one of these roles: a function that needs more of it than his account asks once and hands it on.
create type api._asker as (account uuid, name text, display text, level int, scopes int[], roles text[], how text, request text, area geometry);
create function api._needed(variadic p_roles text[]) returns api._asker stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v api._asker;
begin
  select * into v from api.me();
  if v.account is null then raise exception 'Nobody is announced in this transaction' using errcode = 'SR403'; end if;
  if not (coalesce(v.roles, '{}') && p_roles) then
    raise exception 'This needs the role %', array_to_string(p_roles, ' or ') using errcode = 'SR403';
  end if;
  return v;
end $$;
create function api._need(variadic p_roles text[]) returns uuid stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return (api._needed(variadic p_roles)).account; end $$;
create function api._actor() returns uuid stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := api.account();
begin
  if v is null then raise exception 'Nobody is announced in this transaction' using errcode = 'SR403'; end if;
  return v;
end $$;
create function api._missing() returns void immutable language plpgsql as $$
begin raise exception 'not found' using errcode = 'SR404'; end $$;
-- p_scheme: the vocabulary that holds the terms which the field takes.
create function api._bad(p_code text, p_field text, p_value text, p_message text, p_scheme text default null) returns void immutable language plpgsql as $$
begin
  raise exception '%', p_message using errcode = 'SR422', detail = jsonb_build_object('problems', jsonb_build_array(
    jsonb_build_object('code', p_code, 'field', p_field, 'value', left(p_value, 200), 'message', p_message)
    || case when p_scheme is null then '{}' else jsonb_build_object('scheme', p_scheme) end))::text;
end $$;
create function api._refuse(p_guard text, p_needs text) returns void immutable language plpgsql as $$
begin
  raise exception '%', p_needs using errcode = 'SR423', detail = jsonb_build_object('guard', p_guard, 'needs', p_needs)::text;
end $$;
reset role;
