/* Embeds the bytes of ranges.csv. Apart from csv_bytes.S, because a program may link the
   rules without the registry. */
    .section .rodata
    .global portreg_ranges_csv_begin
    .global portreg_ranges_csv_end
    .balign 16
portreg_ranges_csv_begin:
    .incbin "ranges.csv"
portreg_ranges_csv_end:
    .byte 0

    .section .note.GNU-stack, "", %progbits
