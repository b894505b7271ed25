"""Invented names by the million, and how people write them: for measuring search and duplicates, not by the registry's rules.

A name is a tuple of words, each a pointed word in Buckwalter's letters ("muHam~ad"); from these the Arabic and each Latin
spelling follow. Given names are common ones of the region, family names are made of invented roots in Arabic patterns: no name is
meant to be anybody's. Nothing here is shared with sitereg.sounds: the letters and systems are those of
writing lessons.
"""
import functools
import re

MALE = ("muHam~ad >aHmad maHmuwd muSTafaY Ealiy~ Hasan Husayn xaAlid yuwsuf <ibraAhiym >ismaAEiyl Eumar EuvmaAn samiyr nabiyl "
        "kariym EadnaAn jamaAl kamaAl TaAriq ziyaAd waliyd faAdiy raAmiy saAmiy haAniy faAris gas~aAn marwaAn baA$~aAr maAzin "
        ">ayman >amjad >anas basAm~ bilaAl jihaAd HaAzim HaAtim HusaAm Eimaad EiSaAm fu&aAd fahd qaAsim qutaybap luWay mahdiy "
        "muniyr nizaAr nuwr raA}id ra$iyd riyaAD saEiyd saliym salmaAn $aAdiy TalaAl wA}il yaAsir yaHyaY zakariy~aA zayd Zaafir "
        "EabduAll~ah Eabdu_r~aHmaAn Eabdu_lqaAdir Eabdu_lkariym Eabdu_lHamiyd Eabdu_lgafuwr Eabdu_ls~alaAm SalaAHu_d~iyn "
        "Eimaadu_d~iyn nuwru_d~iyn badru_d~iyn <iliyaAs juwrj miy$aAl Ha$im mu&ay~ad").split()
FEMALE = ("faATimap xadiyjap zaynab maryam hudaY salmaY laylaY sanaA' rimaA samar HanaAn >amal >amiynap Eaa}i$ap asmaA' baasimap "
        "duniyaA faAdiyap gaAdap hibap hayfaA' jamiylap kawvar lubnaY majdap munaY nadaY naAdiyap nisriyn raAniyap ruqay~ap "
        "SabaAH siham suEaAd waladap wafaA' yusraY zahrap hayaAp bahjap").split()
KINDS = (("مقبرة", "Cemetery"), ("سجن", "Prison"), ("فرع", "Branch"), ("حاجز", "Checkpoint"), ("مدرسة", "School"),
         ("مشفى", "Hospital"),
         ("معمل", "Factory"), ("مزرعة", "Farm"), ("وادي", "Wadi"), ("تل", "Tell"), ("مقلع", "Quarry"), ("محكمة", "Court"))
LETTERS = "btvjHxd*rzs$SDTZEgfqklmnhwy"
PATTERNS = ("1a2~aA3", "1aA2i3", "ma12uw3", "1a2iy3", "mu1a2~i3", "1a2a3iy~", "1i2aA3iy~",
            ">a12a3", "1u2ay3", "1a23aAn", "1aA2uw3", "mi12aA3")
ARABIC = str.maketrans("'|>&<}AbptvjHxd*rzs$SDTZEgfqklmnhwYy", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي")
SUN = "tvd*rzs$SDTZln"


def families(dice, n):
    """n invented family names; half of them with the article."""
    roots = dice.integers(0, len(LETTERS), (3 * n, 3))
    shapes, made = dice.integers(0, len(PATTERNS), 3 * n), {}
    for root, shape in zip(roots, shapes, strict=True):
        if len({*root}) == 3:
            word = re.sub("[123]", lambda met, root=root: LETTERS[root[int(met[0]) - 1]], PATTERNS[shape])
            made[("_l" if len(made) % 2 else "") + word] = None
        if len(made) == n:
            break
    return list(made)


def people(dice, n, family):
    """n names of three words, one in four of four: given, father's, (grandfather's,) family; common ones are much more common."""
    given = MALE + FEMALE
    own = dice.choice(len(given), n, p=zipf(len(given)))
    father, grand = dice.choice(len(MALE), n, p=zipf(len(MALE))), dice.choice(len(MALE), n, p=zipf(len(MALE)))
    last, four = dice.choice(len(family), n, p=zipf(len(family), 0.7)), dice.random(n) < 0.25
    return [(given[a], MALE[b], *((MALE[c],) if more else ()), family[d])
            for a, b, c, d, more in zip(own, father, grand, last, four, strict=True)]


def zipf(n, power=0.85):
    weights = [1 / (1 + i) ** power for i in range(n)]
    return [one / sum(weights) for one in weights]


@functools.cache
def arabic(word):
    """The word as it is written without points."""
    article = word.startswith("_l")
    bare = word.removeprefix("_l").replace("u_l", " ال").replace("u_", " ال").replace("W", "&").replace("all~ah", "لله")
    bare = re.sub("[aui~]", "", bare)
    bare = bare.replace("bduAll", "bd Allh") if "Eabd" in word else bare
    text = bare.translate(ARABIC)
    return ("ال" if article else "") + text.replace("عبدالله", "عبد الله").replace("عبداللهه", "عبد الله")


_EXACT = {"H": "ḥ", "S": "ṣ", "D": "ḍ", "T": "ṭ", "Z": "ẓ"}
_COMMON = {"v": "th", "x": "kh", "*": "d", "$": "sh", "E": "", "g": "gh", "'": ""}
SYSTEMS = {  # name: (consonants, vowels a i u aA iy uw, final p, article, whether it assimilates, whether letters are doubled)
    "un": (_COMMON | {"*": "dh", "E": "‘", "'": "’"}, "a i u a i u", "ah", "al-", True, True),
    "scholarly": (_EXACT | {"v": "ṯ", "x": "ḫ", "*": "ḏ", "$": "š", "E": "ʿ", "g": "ġ", "j": "ǧ", "'": "ʾ"},
                  "a i u ā ī ū", "a", "al-", False, True),
    "congress": (_COMMON | _EXACT | {"*": "dh", "E": "ʻ", "'": "ʼ"}, "a i u ā ī ū", "ah", "al-", False, True),
    "french": (_COMMON | {"$": "ch", "q": "k"}, "a i ou a i ou", "a", "el ", False, False),
    "english": (_COMMON, "a e o a ee oo", "a", "Al ", False, True),
    "street": (_COMMON | {"v": "t", "*": "z", "q": "k", "Z": "z"}, "a e o a i ou", "eh", "el", False, False),
    "german": (_COMMON | {"x": "ch", "$": "sch", "j": "dsch"}, "a i u a i u", "a", "al-", True, True),
    "turkish": (_COMMON | {"v": "s", "x": "h", "*": "z", "$": "ş", "g": "ğ", "q": "k", "j": "c", "w": "v"},
                "a i u a i u", "e", "el-", False, False),
}
HELD = {  # asked by bench.names_held alone
    "cedillas": (_COMMON | {"*": "dh", "E": "‘", "'": "’", "H": "ḩ", "S": "ş", "D": "ḑ", "T": "ţ"},
                 "a i u ā ī ū", "ah", "al-", True, True),
    "kurmanji": ({"v": "s", "x": "x", "*": "z", "$": "ş", "E": "", "g": "x", "'": "", "j": "c", "Z": "z"},
                 "e i u a î û", "e", "el ", False, False),
    "italian": ({"v": "th", "x": "kh", "*": "dh", "$": "sc", "E": "", "g": "gh", "'": "", "j": "gi", "k": "k"},
                 "a i u a i u", "a", "al ", False, True),
    "digits": ({"v": "th", "x": "5", "*": "th", "$": "sh", "E": "3", "g": "gh", "'": "2", "H": "7", "S": "s", "q": "q"},
                 "a e o a i ou", "a", "al ", False, False),
}
PLAIN = {"|": "a", ">": "", "&": "", "<": "", "}": "", "H": "h", "S": "s", "D": "d", "T": "t", "Z": "z", "Y": "a", "W": "",
         "A": "a"}


@functools.cache
def latin(word, system):
    """The word as this system writes it."""
    letters, vowels, last, article, joins, twice = (SYSTEMS | HELD)[system]
    a, i, u, aa, ii, uu = vowels.split()
    head, body = "", word.replace("all~ah", "al~aah")
    if body.startswith("_l"):
        body = body[2:]
        first = letters.get(body[0], PLAIN.get(body[0], body[0]))
        head = "a" + first + "-" if joins and body[0] in SUN else article
    body = body.replace("u_l", "u|").replace("u_", "u|") if "_" in body else body
    out, j = "", 0
    while j < len(body):
        two, one = body[j:j + 2], body[j]
        if two in ("aA", "iy", "uw", "aY") and body[j + 2:j + 3] not in ("~", "a", "i", "u"):
            out, j = out + {"aA": aa, "iy": ii, "uw": uu, "aY": aa}[two], j + 2
        elif one == "|" and "Eabd" in word:
            out, j = out + ("l" if body[j + 1] not in SUN or not joins else ""), j + 1
        elif one in "aiu":
            out, j = out + {"a": a, "i": i, "u": u}[one], j + 1
        elif one == "p":
            out, j = out.removesuffix(a) + last, j + 1
        elif one == "~":
            out, j = out + (out[-1:] if twice and not out.endswith(("h", "’", "‘")) else ""), j + 1
        else:
            out, j = out + letters.get(one, PLAIN.get(one, one)), j + 1
    return head + (out[:1].upper() + out[1:] if not out.startswith(("‘", "ʿ", "ʻ")) else out)


def written(name, how):
    """A name in Arabic ("ar"), in one of the SYSTEMS or of those HELD."""
    return " ".join(arabic(word) if how == "ar" else latin(word, how) for word in name)


def places(dice, n):
    """n invented names of sites, each written in four ways: Arabic with and without what it is, and in two Latin systems."""
    words, systems, made = families(dice, max(200, n // 3)), list(SYSTEMS), []
    drawn = (dice.choice(len(KINDS), n, p=zipf(len(KINDS))), dice.choice(len(words), n, p=zipf(len(words), 0.5)),
             *(dice.integers(0, len(many), n) for many in (MALE, systems, systems)))
    for kind, word, more, one, two in zip(*drawn, strict=True):
        name = (words[word], MALE[more]) if more % 3 == 0 else (words[word],)
        (arab, latin_kind), ar = KINDS[kind], written(name, "ar")
        made += [("ar", f"{arab} {ar}"), ("ar", ar), ("en", f"{written(name, systems[one])} {latin_kind}"),
                 ("en", f"{latin_kind} {written(name, systems[two])}")]
    return made
