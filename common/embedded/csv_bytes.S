/* Embeds the bytes of the data files in this folder. */
#include "embed_macro.S"

    .section .rodata
    embed portreg_iana_csv, "iana.csv"
    embed portreg_common_csv, "common.csv"
    embed portreg_practice_csv, "practice.csv"

    .section .note.GNU-stack, "", %progbits
