/* Embeds the bytes of ranges.csv. A file of its own, because a program may link the rules
   without the registry. */
#include "embed_macro.S"

    .section .rodata
    embed portreg_ranges_csv, "ranges.csv"

    .section .note.GNU-stack, "", %progbits
