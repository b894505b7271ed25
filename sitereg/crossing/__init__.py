"""Two partners' lists of persons crossed before either hands its list over: keyed encodings of names, compared where no key is.

    one, other = keys.half(), keys.half()                     each partner makes a half and sends it to the other
    key = keys.join(one, other)                               the same key at both desks, at no third
    coded = encodings.encode(people, key, Schema())           at each desk: a file without names, and numbers that stay there
    comparing.cross(a.file, b.file, least=0.75).pairs         at a third place: (number, number, similarity, rival)

Knows no database and runs on a partner's own machine. What it can hide and what it cannot stands in docs/crossing.md.
"""
