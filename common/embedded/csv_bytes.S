/* Embeds the bytes of the data files in this folder. */
    .macro embed symbol, file
    .global \symbol\()_begin
    .global \symbol\()_end
    .balign 16
\symbol\()_begin:
    .incbin "\file"
\symbol\()_end:
    .byte 0
    .endm

    .section .rodata
    embed portreg_iana_csv, "iana.csv"
    embed portreg_common_csv, "common.csv"
    embed portreg_practice_csv, "practice.csv"

    .section .note.GNU-stack, "", %progbits
