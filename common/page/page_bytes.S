/* Embeds the parts of the page in the folder web. */
#include "common/embedded/embed_macro.S"

    .section .rodata
    embed portreg_page_html, "page.html"
    embed portreg_page_css, "page.css"

/* The script: one text, in the order in which its parts use each other. */
    .global portreg_page_js_begin
    .global portreg_page_js_end
portreg_page_js_begin:
    .incbin "records.js"
    .incbin "search.js"
    .incbin "map.js"
    .incbin "views.js"
    .incbin "page.js"
portreg_page_js_end:
    .byte 0

    .section .note.GNU-stack, "", %progbits
