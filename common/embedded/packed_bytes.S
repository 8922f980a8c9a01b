/* Embeds the packed tables, which pack_tables.cc writes. */
#include "embed_macro.S"

    .section .rodata
    embed portreg_iana_packed, "iana.packed"
    embed portreg_common_packed, "common.packed"
    embed portreg_practice_packed, "practice.packed"

    .section .note.GNU-stack, "", %progbits
