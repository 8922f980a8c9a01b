/* Embeds a file between SYMBOL_begin and SYMBOL_end, and a NUL behind it. The file begins
   on a page of its own, so that its pages can be released (see common/system/pages.h). */
    .macro embed symbol, file
    .global \symbol\()_begin
    .global \symbol\()_end
    .balign 4096
\symbol\()_begin:
    .incbin "\file"
\symbol\()_end:
    .byte 0
    .endm
