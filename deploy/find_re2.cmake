# Finds RE2 before gRPC's CMake package does. gRPC would use pkg-config, which on Debian
# 13 takes half a minute to follow the Abseil modules that RE2 requires. The library
# alone is enough here, because gRPC's own targets name everything else to be linked.
if(NOT TARGET re2::re2 AND NOT re2_FOUND)
  find_library(PORTREG_RE2 re2 REQUIRED)
  add_library(re2::re2 UNKNOWN IMPORTED)
  set_target_properties(re2::re2 PROPERTIES IMPORTED_LOCATION ${PORTREG_RE2})
  set(re2_FOUND TRUE)
endif()
