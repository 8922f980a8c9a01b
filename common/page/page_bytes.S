/* Embeds the parts of the page. */
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
    embed portreg_page_html, "page.html"
    embed portreg_page_css, "page.css"
    embed portreg_page_js, "page.js"

    .section .note.GNU-stack, "", %progbits
