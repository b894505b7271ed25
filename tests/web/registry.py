"""The sites of the web's tests: each stands for one thing that a page must get right."""
from tests import given

SPOT = (36.123456, 33.543217)  # digits that occur nowhere else
NEARBY = (36.123956, 33.543617)  # in the same cell of 1 km


def fill(house):
    """{what it is for: (id, code)}: grave (exact only at T2), twin (the same cell), prison, secret (T2), nowhere, hostile."""
    source = {grade: house.rows("select id from reg.source where label->>'en' = %s", f"source {grade}")[0][0] for grade in "BE"}
    with house.as_("worker") as opened:
        def site(key, *said, **more):
            subject, code, claims = given.site(opened, *said, source=source["B"], key=key, **more)
            house.sites[key] = {"id": subject, "code": code, "claims": claims}

        site("grave", given.kind("mass_grave"), given.name("Dry Well"), given.name("البئر الجافة", "ar"), given.place(*SPOT),
             {"predicate": "count", "value": {"definition": "bodies_reported", "min": 12, "max": 40}},
             {"predicate": "note", "value": {"text": "Turn at 33.543217, 36.123456 by the mill"}}, exact_tier=2)
        site("twin", given.kind("mass_grave"), given.name("Second Well"), given.place(*NEARBY), exact_tier=2)
        site("prison", given.kind("prison_military"), given.name("Hill Prison"), given.place(36.6, 33.2, 60))
        site("secret", given.kind("mass_grave"), given.name("Hidden Hollow"), given.place(36.4, 33.4), tier=2, exact_tier=2)
        site("nowhere", given.kind("court"), given.name("Court without a place"))
        site("hostile", given.kind("archive"), given.name("<script>alert(1)</script> \" onclick=x {{7*7}}"), given.place(36.7, 33.7))
        given.say(opened, house.sites["grave"]["id"], given.kind("provisional_burial"), source=source["E"])
    return house
