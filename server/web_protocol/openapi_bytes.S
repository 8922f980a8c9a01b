/* Embeds the bytes of openapi.json. */
#include "common/embedded/embed_macro.S"

    .section .rodata
    embed portreg_openapi, "openapi.json"

    .section .note.GNU-stack, "", %progbits
