-- Who is asking. One road: a signed token announced in the transaction, or, for SQL people, the session's own user.
-- Token: account's name | how | request | expiry (epoch seconds) | backend pid | HMAC-SHA256 of the five before it, hex.
-- No token, a forged or expired one, an unknown, frozen or uncleared account: no row, so nothing is seen.
-- The month is Damascus's, as on the pages: in UTC an id of the month's first hours would contradict the page and so tell them.
create or replace function reg.new_id() returns uuid volatile language sql as $$
  select (lpad(to_hex((extract(epoch from date_trunc('month', clock_timestamp(), 'Asia/Damascus')) * 1000)::bigint), 12, '0')
    || '7' || substr(gen_random_uuid()::text, 16))::uuid $$;
comment on function reg.new_id() is 'A UUIDv7 of the month: its 48 bits of time are the start of the month in Damascus, the rest is random.';

create or replace function reg.today() returns date stable security definer set search_path = pg_catalog, public, pg_temp
language sql as $$
  select coalesce((select (s.value #>> '{}')::date from reg.setting s where s.name = 'today'),
                  (statement_timestamp() at time zone 'Asia/Damascus')::date) $$;
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
create function api.me(out account uuid, out name text, out display text, out level int, out scopes int[],
                       out roles text[], out how text, out request text, out area geometry)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_token text := nullif(current_setting('sitereg.tok', true), ''); v_part text[];
begin
  select a.id into account from reg.account a where a.sql_login = session_user and a.state = 'active';
  if found then
    how := 'sql';
  else
    if v_token is null then return; end if;
    v_part := string_to_array(v_token, '|');
    if cardinality(v_part) <> 6 or v_part[4] !~ '^[0-9]{1,12}$' or v_part[5] !~ '^[0-9]{1,9}$'
       or v_part[5]::int <> pg_backend_pid() or v_part[4]::bigint < extract(epoch from clock_timestamp())
       or not exists (select 1 from reg.token_key k where k.retired_at is null
                      and encode(hmac(array_to_string(v_part[1:5], '|')::bytea, k.key, 'sha256'), 'hex') = v_part[6]) then
      return;
    end if;
    select a.id into account from reg.account a where a.name = v_part[1] and a.state = 'active';
    how := v_part[2]; request := nullif(v_part[3], '');
  end if;
  select a.name, a.display, c.tier, c.roles, c.area,
         (select array_agg(s.id) from reg.scope s where s.compartments <@ c.compartments)
    into name, display, level, roles, area, scopes
    from reg.account a join reg.clearance c on c.account = a.id and c.ended_at is null and c.expires_at > clock_timestamp()
   where a.id = me.account and a.state = 'active';
  if not found then account := null; how := null; request := null; end if;
end $$;
comment on function api.me() is 'The one who asks: account, clearance tier, scopes, roles; all null when nobody is announced.';

create function api.account() returns uuid stable security definer set search_path = pg_catalog, public, pg_temp
language sql as $$ select m.account from api.me() m $$;
comment on function api.account() is 'The account that asks, or null.';
create function api.level() returns int stable security definer set search_path = pg_catalog, public, pg_temp
language sql as $$ select m.level from api.me() m $$;
comment on function api.level() is 'The clearance tier of the one who asks (0 to 2), or null.';
create function api.scopes() returns int[] stable security definer set search_path = pg_catalog, public, pg_temp
language sql as $$ select m.scopes from api.me() m $$;
comment on function api.scopes() is 'The ids of the sets of compartments that the one who asks holds whole, or null.';
create function api.roles() returns text[] stable security definer set search_path = pg_catalog, public, pg_temp
language sql as $$ select coalesce(m.roles, '{}') from api.me() m $$;
comment on function api.roles() is 'The roles of the one who asks; empty for nobody.';
create function api.how() returns text stable security definer set search_path = pg_catalog, public, pg_temp
language sql as $$ select m.how from api.me() m $$;
comment on function api.how() is 'How the one who asks was proved: password, local, sql, token, system.';
create function api.request() returns text stable security definer set search_path = pg_catalog, public, pg_temp
language sql as $$ select m.request from api.me() m $$;
comment on function api.request() is 'The id of the request, as announced.';

create function api._need(variadic p_roles text[]) returns uuid stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v record;
begin
  select * into v from api.me();
  if v.account is null then raise exception 'Nobody is announced in this transaction' using errcode = 'SR403'; end if;
  if not (coalesce(v.roles, '{}') && p_roles) then
    raise exception 'This needs the role %', array_to_string(p_roles, ' or ') using errcode = 'SR403';
  end if;
  return v.account;
end $$;
create function api._actor() returns uuid stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := api.account();
begin
  if v is null then raise exception 'Nobody is announced in this transaction' using errcode = 'SR403'; end if;
  return v;
end $$;
create function api._missing() returns void immutable language plpgsql as $$
begin raise exception 'not found' using errcode = 'SR404'; end $$;
create function api._bad(p_code text, p_field text, p_value text, p_message text) returns void immutable language plpgsql as $$
begin
  raise exception '%', p_message using errcode = 'SR422', detail = jsonb_build_object('problems', jsonb_build_array(
    jsonb_build_object('code', p_code, 'field', p_field, 'value', left(p_value, 200), 'message', p_message)))::text;
end $$;
create function api._refuse(p_guard text, p_needs text) returns void immutable language plpgsql as $$
begin
  raise exception '%', p_needs using errcode = 'SR423', detail = jsonb_build_object('guard', p_guard, 'needs', p_needs)::text;
end $$;
reset role;
