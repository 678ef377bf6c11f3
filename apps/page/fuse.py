"""Finds the multiply-adds of a WebAssembly module that a browser with relaxed SIMD can compute by one instruction.

Debian's compiler writes a * b + c as two instructions, f32x4.mul and f32x4.add, since it knows no fused one. Where c is a local
or a constant, the two and the operand between them

    f32x4.mul (3 bytes)   local.get or v128.const   f32x4.add (3 bytes)

can be replaced in place by the operand, f32x4.relaxed_madd (3 bytes) and three nop. The worker does so before it compiles the
module if the browser can (apps/page/web/worker.js); the result of a multiply-add is then rounded once, as in the program. The
opcodes are those of https://webassembly.github.io/spec/core/binary/instructions.html.
"""

MUL, ADD = b"\xfd\xe6\x01", b"\xfd\xe4\x01"


def read_number(code, at):
    """Returns the unsigned LEB128 number at a place, and the place behind it. Signed ones have the same length."""
    value = shift = 0
    while True:
        byte = code[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def skip_numbers(code, at, count):
    for _ in range(count):
        _, at = read_number(code, at)
    return at


def skip_list(code, at):
    count, at = read_number(code, at)
    return skip_numbers(code, at, count)


# How many numbers follow an opcode; the others have none, or are below.
NUMBERS = {
    **dict.fromkeys((0x02, 0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0C, 0x0D, 0x10, 0x12, 0x18, 0x41, 0x42, 0xD0, 0xD2), 1),
    **dict.fromkeys(range(0x20, 0x27), 1),  # locals, globals, tables
    **dict.fromkeys((0x11, 0x13), 2),  # calls through a table
    **dict.fromkeys(range(0x28, 0x3F), 2),  # loads and stores
    **dict.fromkeys((0x3F, 0x40), 1),  # size of the memory
}
BULK = {8: 2, 9: 1, 10: 2, 11: 1, 12: 2, 13: 1, 14: 2, 15: 1, 16: 1, 17: 1}


def skip_vector(code, at):
    """Returns the place behind a SIMD instruction, from the place of its number."""
    kind, at = read_number(code, at)
    if kind <= 11 or kind in (92, 93):
        return skip_numbers(code, at, 2)
    if kind in (12, 13):  # a constant, a shuffle
        return at + 16
    if 21 <= kind <= 34:  # one lane
        return at + 1
    if 84 <= kind <= 91:  # loads and stores of one lane
        return skip_numbers(code, at, 2) + 1
    return at


def skip_instruction(code, at):
    opcode = code[at]
    at += 1
    if opcode == 0xFD:
        return skip_vector(code, at)
    if opcode == 0xFC:
        kind, at = read_number(code, at)
        return skip_numbers(code, at, BULK.get(kind, 0))
    if opcode == 0x0E:  # br_table
        return skip_numbers(code, skip_list(code, at), 1)
    if opcode == 0x1C:  # select with types
        return skip_list(code, at)
    if opcode in (0x43, 0x44):  # constants of floating point
        return at + (4 if opcode == 0x43 else 8)
    return skip_numbers(code, at, NUMBERS.get(opcode, 0))


def functions(module):
    """Yields (begin, end) of the instructions of each function."""
    if module[:8] != b"\0asm\1\0\0\0":
        raise SystemExit("[fuse] the engine is no WebAssembly module of version 1")
    at = 8
    while at < len(module):
        section = module[at]
        size, at = read_number(module, at + 1)
        if section == 10:
            count, place = read_number(module, at)
            for _ in range(count):
                length, place = read_number(module, place)
                end = place + length
                groups, begin = read_number(module, place)
                for _ in range(groups):
                    begin = skip_numbers(module, begin, 2)
                yield begin, end
                place = end
        at += size


def multiply_adds(module):
    """Returns the places of f32x4.mul in the pairs that can be fused, in ascending order."""
    found = []
    for begin, end in functions(module):
        at = begin
        while at < end:
            after = skip_instruction(module, at)
            if module[at:after] == MUL and after < end:
                operand = skip_instruction(module, after)
                known = module[after] == 0x20 or module[after : after + 2] == b"\xfd\x0c"
                if known and module[operand : operand + 3] == ADD:
                    found.append(at)
                    after = operand + 3
            at = after
        if at != end:
            raise SystemExit(f"[fuse] the instructions of a function end at byte {at}, but its body ends at {end}")
    return found


def fused(module, places):
    """Returns the module as the worker changes it."""
    changed = bytearray(module)
    for at in places:
        operand = skip_instruction(module, at + 3)
        changed[at : operand + 3] = module[at + 3 : operand] + b"\xfd\x85\x02\x01\x01\x01"
    return bytes(changed)
