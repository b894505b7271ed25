"""Rows times a matrix, for many rows at a time: what laws of custody cost (links.onward).

    product(coefficients, matrix, made)         made[k] += the sum of coefficients[k, i] * matrix[i] over all i, in their order

Each entry is one chain of fused multiplications and additions in the order of i, whichever loop takes it: few rows read the matrix
as it lies, many take it by packed tiles, so that a row costs half. The bits of a row hang on that row and the matrix alone.
"""
import numpy
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from sitereg.links.kernels import compiled, inner

LAWS, WIDE, LANES = 4, 12, 4         # a tile is so many rows of so many columns: with what it reads, all registers of AVX2
DEEP, PANELS = 256, 40               # rows and tiles of the matrix that are packed at a time: 1 MB
FEW = 8                              # rows up to which packing costs more than it saves
TILE = 1024                          # columns at a time where nothing is packed
REAL, LONG = ir.DoubleType(), ir.IntType(64)
VECTOR = ir.VectorType(REAL, LANES)

__all__ = ["product"]


@intrinsic
def fused(_, a, b, c):
    """a * b + c, rounded once, on every processor."""
    def code(context, builder, signature, args):
        return builder.fma(*args)
    return types.float64(types.float64, types.float64, types.float64), code


@intrinsic
def tile(_, coefficients, panel, deep, made, stride):
    """made (LAWS, WIDE), its rows `stride` numbers apart, += coefficients (deep, LAWS) times panel (deep, WIDE); by address."""
    def code(context, builder, signature, args):
        coefficients, panel, deep, made, stride = args
        real, vector = REAL.as_pointer(), VECTOR.as_pointer()
        fma = cgutils.get_or_insert_function(builder.module, ir.FunctionType(VECTOR, [VECTOR] * 3), f"llvm.fma.v{LANES}f64")
        taken, packed, out = (builder.inttoptr(one, real) for one in (coefficients, panel, made))
        each = [(law, part) for law in range(LAWS) for part in range(WIDE // LANES)]

        def at(start, many):
            return builder.bitcast(builder.gep(start, [many]), vector)

        where = {(law, part): at(out, builder.add(builder.mul(stride, LONG(law)), LONG(LANES * part))) for law, part in each}
        first = {one: builder.load(where[one], align=8) for one in each}
        before, loop, done = builder.block, builder.append_basic_block(), builder.append_basic_block()
        builder.branch(loop)
        builder.position_at_end(loop)
        row, sums = builder.phi(LONG), {one: builder.phi(VECTOR) for one in each}
        start, share = (builder.mul(row, LONG(many)) for many in (WIDE, LAWS))
        columns = [builder.load(at(packed, builder.add(start, LONG(LANES * part))), align=8) for part in range(WIDE // LANES)]
        later = {}
        for law in range(LAWS):
            one = builder.load(builder.gep(taken, [builder.add(share, LONG(law))]))
            one = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), one, ir.IntType(32)(0))
            zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
            one = builder.shuffle_vector(one, ir.Constant(VECTOR, ir.Undefined), zeros)
            later.update({(law, part): builder.call(fma, [one, column, sums[law, part]]) for part, column in enumerate(columns)})
        following = builder.add(row, LONG(1))
        for one, begin, then in [(row, LONG(0), following), *((sums[one], first[one], later[one]) for one in each)]:
            one.add_incoming(begin, before)
            one.add_incoming(then, loop)
        builder.cbranch(builder.icmp_signed("<", following, deep), loop, done)
        builder.position_at_end(done)
        for one in each:
            builder.store(later[one], where[one], align=8)
        return context.get_dummy_value()
    return types.void(*[types.intp] * 5), code


@compiled
def product(coefficients, matrix, made):
    """made[k] += the sum of coefficients[k, i] * matrix[i] over all i, in their order; (k, i), (i, j), (k, j)."""
    dense, many = numpy.empty(len(made), numpy.int64), 0
    for k in range(len(made)):
        held = 0
        for i in range(len(matrix)):
            held += coefficients[k, i] != 0
        if FEW * held < len(matrix):  # where one is known to be, before the first move
            for i in range(len(matrix)):
                if coefficients[k, i] != 0:
                    add(coefficients[k, i], matrix[i], made[k])
        else:
            dense[many] = k
            many += 1
    if many <= FEW:
        plain(coefficients, matrix, made, dense[:many])
    else:
        tiled(coefficients, matrix, made, dense[:many])


@inner
def add(a, row, out):
    """out += a * row."""
    for j in range(len(out)):
        out[j] = fused(a, row[j], out[j])


@inner
def plain(coefficients, matrix, made, dense):
    """product of these rows, the matrix as it lies."""
    rows = len(matrix) - len(matrix) % 8
    for first in range(0, made.shape[1], TILE):
        last = min(first + TILE, made.shape[1])
        for i in range(0, rows, 8):
            p, q, r, s = matrix[i, first:last], matrix[i + 1, first:last], matrix[i + 2, first:last], matrix[i + 3, first:last]
            t, u, v, w = matrix[i + 4, first:last], matrix[i + 5, first:last], matrix[i + 6, first:last], matrix[i + 7, first:last]
            for k in dense:
                a, b, c, d = coefficients[k, i], coefficients[k, i + 1], coefficients[k, i + 2], coefficients[k, i + 3]
                e, f, g, h = coefficients[k, i + 4], coefficients[k, i + 5], coefficients[k, i + 6], coefficients[k, i + 7]
                out = made[k, first:last]
                for j in range(len(out)):
                    half = fused(d, s[j], fused(c, r[j], fused(b, q[j], fused(a, p[j], out[j]))))
                    out[j] = fused(h, w[j], fused(g, v[j], fused(f, u[j], fused(e, t[j], half))))
        for i in range(rows, len(matrix)):
            for k in dense:
                add(coefficients[k, i], matrix[i, first:last], made[k, first:last])


@inner
def tiled(coefficients, matrix, made, dense):
    """product of these rows by tiles: the matrix is packed once for all of them; what fills up the last tiles is 0."""
    groups, width = -(-len(dense) // LAWS), -(-made.shape[1] // WIDE) * WIDE
    sums = numpy.zeros((groups * LAWS, width))
    laid = numpy.zeros((groups, len(matrix), LAWS))
    for n in range(len(dense)):
        for j in range(made.shape[1]):
            sums[n, j] = made[dense[n], j]
        for i in range(len(matrix)):
            laid[n // LAWS, i, n % LAWS] = coefficients[dense[n], i]
    panels = numpy.zeros((PANELS, DEEP, WIDE))
    for first in range(0, len(matrix), DEEP):
        deep = min(DEEP, len(matrix) - first)
        for left in range(0, width, PANELS * WIDE):
            right = min(left + PANELS * WIDE, width)
            pack(matrix[first:first + deep], left, right, panels)
            for group in range(groups):
                for n in range((right - left) // WIDE):
                    tile(laid[group, first:].ctypes.data, panels[n].ctypes.data, deep,
                         sums[group * LAWS:, left + n * WIDE:].ctypes.data, width)
    for n in range(len(dense)):
        for j in range(made.shape[1]):
            made[dense[n], j] = sums[n, j]


@inner
def pack(rows, left, right, panels):
    """The columns from left to right of some rows, WIDE at a time in panels; 0 beyond the last column."""
    for i in range(len(rows)):
        for n in range((right - left) // WIDE):
            first = left + n * WIDE
            if first + WIDE <= rows.shape[1]:
                for j in range(WIDE):
                    panels[n, i, j] = rows[i, first + j]
            else:
                for j in range(WIDE):
                    panels[n, i, j] = rows[i, first + j] if first + j < rows.shape[1] else 0.0
