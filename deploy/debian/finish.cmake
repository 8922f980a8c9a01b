# Adapts the files to be packaged to Debian's policy. CPack runs this script before it
# builds the packages.
set(usr ${CPACK_TEMPORARY_DIRECTORY}/*/usr)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# --no-name leaves out name and time, so that equal texts give equal files.
file(GLOB texts ${usr}/share/man/man*/* ${usr}/share/doc/*/changelog)
foreach(file IN LISTS texts)
  run(gzip --best --no-name ${file})
endforeach()

file(GLOB programs ${usr}/bin/*)
foreach(file IN LISTS programs)
  run(strip --remove-section=.comment --remove-section=.note ${file})
endforeach()
file(GLOB archives ${usr}/lib/lib*.a ${usr}/lib/*/lib*.a)
foreach(file IN LISTS archives)
  run(strip --strip-debug --remove-section=.comment --remove-section=.note
    --enable-deterministic-archives ${file})
endforeach()

# Debian's zsh reads site-functions only under /usr/local, and vendor-completions under /usr.
file(GLOB completions ${usr}/share/zsh/site-functions)
foreach(directory IN LISTS completions)
  get_filename_component(parent ${directory} DIRECTORY)
  file(RENAME ${directory} ${parent}/vendor-completions)
endforeach()
