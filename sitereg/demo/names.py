"""Invented names in both scripts: of places, and of persons that nobody bears."""

FIRST = (("North", "الشمالي"), ("East", "الشرقي"), ("South", "الجنوبي"), ("West", "الغربي"), ("Upper", "الأعلى"),
         ("Lower", "الأسفل"), ("Old", "القديم"), ("New", "الجديد"))
SECOND = (("Ridge", "التل"), ("Orchard", "البستان"), ("Quarry", "المقلع"), ("Valley", "الوادي"), ("Spring", "النبع"),
          ("Field", "الحقل"), ("Mill", "الطاحون"), ("Bridge", "الجسر"))
GIVEN = {"male": (("Ahmad", "أحمد"), ("Khaled", "خالد"), ("Samir", "سمير"), ("Yusuf", "يوسف"), ("Nabil", "نبيل"), ("Omar", "عمر"),
                  ("Hasan", "حسن"), ("Elias", "الياس"), ("Karim", "كريم"), ("Adnan", "عدنان")),
         "female": (("Layla", "ليلى"), ("Mariam", "مريم"), ("Huda", "هدى"), ("Rima", "ريما"), ("Salma", "سلمى"), ("Nour", "نور"),
                    ("Samar", "سمر"), ("Hanan", "حنان"))}
# Family names that say what they are: no family is called "of the invented ridge"
FAMILY = (("Wahmi", "الوهمي"), ("Khayali", "الخيالي"), ("Mutakhayyal", "المتخيَّل"), ("Tajribi", "التجريبي"), ("Mithali", "المثالي"),
          ("Iftiradi", "الافتراضي"))


def place(dice, number, kind):
    """(English, Arabic) of an invented place; numbers of branches begin at 7001, a series that never was."""
    (en1, ar1), (en2, ar2) = dice.choice(FIRST), dice.choice(SECOND)
    if kind == "security_branch":
        return f"Branch {7001 + number} at {en1} {en2}", f"الفرع {7001 + number} عند {ar2} {ar1}"
    return f"{en1} {en2} {number + 1}", f"{ar2} {ar1} {number + 1}"


def person(dice, sex, number):
    """(English, Arabic) of an invented person: given name, father's, an invented family name with the number of the case."""
    own, father, family = dice.choice(GIVEN[sex]), dice.choice(GIVEN["male"]), dice.choice(FAMILY)
    return f"{own[0]} {father[0]} {family[0]} {number + 1}", f"{own[1]} {father[1]} {family[1]} {number + 1}"
