"""What names are sought by: words with how they sound, kept apart by who may see the names that carry them."""
from sqlalchemy import BigInteger, CheckConstraint, Column, Index, PrimaryKeyConstraint
from sqlalchemy.dialects.postgresql import ARRAY

from sitereg.store.tables.base import faced, small, table, tiered, uid, whole, words
from sitereg.store.tables.sites import face

KINDS = "kind in ('site', 'place', 'person')"


def marks(name):
    return Column(name, ARRAY(BigInteger), nullable=False, server_default="{}")


def marked(table_name, column="words"):
    """The index by marks; what is written is in it at once, so that time tells nothing of what others wrote."""
    return Index(f"ix_{table_name}_{column}", column, postgresql_using="gin", postgresql_with={"fastupdate": "off"})


# id, near and alike are mixed with kind, tier and scope: the same word is another mark for others. Of sites tier is the face.
# sound2, bones2: the word read otherwise, where it can be. n: about how many names carry the word; the empty word: how many names
# there are.
name_token = table(
    "name_token", Column("id", BigInteger, autoincrement=False, nullable=False), words("kind", null=False), *tiered(),
    words("word", null=False), words("sound", null=False), words("bones", null=False), words("sound2"), words("bones2"),
    marks("near"), marks("alike"), whole("n", null=False, server_default="0"), PrimaryKeyConstraint("id"),
    CheckConstraint(KINDS, name="kind"), marked("name_token", "near"), marked("name_token", "alike"),
    Index("ix_name_token_word", "kind", "tier", "scope", "word", postgresql_ops={"word": "text_pattern_ops"}),
    Index("ix_name_token_bones", "kind", "tier", "scope", "bones", postgresql_ops={"bones": "text_pattern_ops"}))

site_name = faced(
    "site_name", uid("site", "subject.id", null=False), face(), *tiered(), small("n", null=False), words("lang", null=False),
    words("text", null=False), marks("words"), marks("sets"), PrimaryKeyConstraint("site", "face", "n"), marked("site_name"),
    marked("site_name", "sets"))
