"""Counts in a table with its sums, so hidden that no sum gives a small one back: small ones first, then others beside them.

The table is counts[row][column]; its margins are cells like the others. What is hidden is None, whether it was small or stands
beside a small one: who reads it cannot tell which. Whether it holds is not believed but tried: for each small count the least and
the most that the shown cells leave open are reckoned by linear programming, and more is hidden until they lie apart.
"""
import numpy
from scipy.optimize import linprog

LEAST = 5

__all__ = ["LEAST", "interval", "suppressed"]


def suppressed(counts):
    """The table with a row and a column of sums behind, small counts and what would give them back hidden (None).

    counts: whole numbers, row by row. A count of 1 to 4 is small, a sum too; 0 is told. From what is shown each small one could be
    anything in a range of at least LEAST; only where all of its row and column is hidden nothing more can be done.
    """
    whole = margins(numpy.asarray(counts, dtype=int))
    small = (whole > 0) & (whole < LEAST)
    hidden = small.copy()
    while (found := _given_back(whole, hidden, small)) is not None:
        hidden[_beside(whole, hidden, found)] = True
    return [[None if hidden[at] else int(whole[at]) for at in ((row, column) for column in range(whole.shape[1]))]
            for row in range(whole.shape[0])]


def margins(counts):
    """The counts with their sums: a last column, a last row, the sum of all in the corner."""
    wide = numpy.hstack([counts, counts.sum(axis=1, keepdims=True)])
    return numpy.vstack([wide, wide.sum(axis=0, keepdims=True)])


def interval(whole, hidden, cell):
    """The least and the most that a hidden cell may be, by what is shown: every row and column adds up, nothing is below zero."""
    rows, columns = whole.shape
    at = {one: n for n, one in enumerate(zip(*numpy.nonzero(hidden), strict=True))}
    sums, right = [], []
    for line in [*([(row, column) for column in range(columns)] for row in range(rows)),
                 *([(row, column) for row in range(rows)] for column in range(columns))]:
        signs = [1] * (len(line) - 1) + [-1]
        if any(one in at for one in line):
            equation = numpy.zeros(len(at))
            for one, sign in zip(line, signs, strict=True):
                if one in at:
                    equation[at[one]] = sign
            sums.append(equation)
            right.append(-sum(sign * whole[one] for one, sign in zip(line, signs, strict=True) if one not in at))
    goal = numpy.zeros(len(at))
    goal[at[cell]] = 1
    ends = [linprog(sign * goal, A_eq=numpy.array(sums), b_eq=numpy.array(right), bounds=(0, None)) for sign in (1, -1)]
    return tuple(numpy.inf if one.x is None else float(one.x @ goal) for one in ends)


def _given_back(whole, hidden, small):
    """A small cell that what is shown leaves too little room, or None."""
    for cell in zip(*numpy.nonzero(small), strict=True):
        least, most = interval(whole, hidden, cell)
        if most - least < LEAST and not (hidden[:, cell[1]].all() and hidden[cell[0]].all()):
            return cell
    return None


def _beside(whole, hidden, cell):
    """The smallest shown cell, not a zero where another is there, of the row or column of a cell in which fewer are hidden."""
    row, column = cell
    lines = [[(row, n) for n in range(whole.shape[1])], [(n, column) for n in range(whole.shape[0])]]
    shown = [[one for one in line if not hidden[one]] for line in lines]
    line = min((one for one in zip(lines, shown, strict=True) if one[1]), key=lambda one: len(one[0]) - len(one[1]))[1]
    return min(line, key=lambda one: (whole[one] == 0, whole[one]))
