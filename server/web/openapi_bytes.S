/* Embeds the bytes of openapi.json. */
    .section .rodata
    .global portreg_openapi_begin
    .global portreg_openapi_end
    .balign 16
portreg_openapi_begin:
    .incbin "openapi.json"
portreg_openapi_end:
    .byte 0

    .section .note.GNU-stack, "", %progbits
