/* Embeds the packed tables, which pack_tables.cc writes. */
    .macro embed symbol, file
    .global \symbol\()_begin
    .global \symbol\()_end
    .balign 4096
\symbol\()_begin:
    .incbin "\file"
\symbol\()_end:
    .endm

    .section .rodata
    embed portreg_iana_packed, "iana.packed"
    embed portreg_common_packed, "common.packed"
    embed portreg_practice_packed, "practice.packed"

    .section .note.GNU-stack, "", %progbits
