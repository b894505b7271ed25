"""A partner's small list, and a look into the tables."""

from sitereg.imports import profile
from tests.sitereg.imports.test_profiles import table

HEADER = "id,name,kind,lat,lon,people,seen,note\n"
ROWS = ("1,سجن المدينة,prison,33.5131,36.2765,,12/05/2013,\n2,المقبرة,grave,36.2021,37.1343,50,,\n"
        "3,موقع,castle,33.5131,36.2765,,,\n4,موقع,prison,bad,36.2765,,,\n5,فرع,branch,,,,,\n")


def partner(**changes):
    return profile.read(table(**changes), "partner.toml")


def look(registry, sql, *values):
    with registry.dba() as raw:
        return raw.execute(sql, values).fetchall()
