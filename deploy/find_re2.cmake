# Finds RE2 before gRPC's CMake package looks for it. gRPC would ask pkg-config,
# which takes half a minute on Debian 13 to follow the modules of Abseil that RE2
# names; gRPC's own targets name all that is linked.
if(NOT TARGET re2::re2 AND NOT re2_FOUND)
  find_library(PORTREG_RE2 re2 REQUIRED)
  add_library(re2::re2 UNKNOWN IMPORTED)
  set_target_properties(re2::re2 PROPERTIES IMPORTED_LOCATION ${PORTREG_RE2})
  set(re2_FOUND TRUE)
endif()
