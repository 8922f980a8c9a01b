# What the programs that are shipped link otherwise than a user of the library.

# Debian has gRPC, Protobuf and Abseil as shared libraries and as archives, and
# its CMake packages know only the former. This points their targets to the
# archives: programs start faster so, and a call costs a tenth less. The rest,
# OpenSSL above all, stays shared: its fixes come with the system.
function(portreg_use_archives)
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    if(NOT target MATCHES "^(absl|gRPC|protobuf|re2|c-ares)::")
      continue()
    endif()
    foreach(property IN ITEMS IMPORTED_LOCATION_NONE IMPORTED_LOCATION_RELEASE IMPORTED_LOCATION)
      get_target_property(location ${target} ${property})
      if(NOT location MATCHES "\\.so")
        continue()
      endif()
      string(REGEX REPLACE "\\.so(\\.[0-9]+)*$" ".a" archive ${location})
      if(EXISTS ${archive})
        set_target_properties(${target} PROPERTIES ${property} ${archive})
      endif()
    endforeach()
  endforeach()
endfunction()

portreg_use_archives()
# The archive of RE2 11, which Debian 13 has, needs these parts of Abseil; its
# shared library would bring a second, shared Abseil into the programs.
foreach(part IN ITEMS absl_check absl_log base fixed_array flags flat_hash_map flat_hash_set hash
    inlined_vector span str_format strings synchronization)
  if(TARGET absl::${part})
    set_property(TARGET re2::re2 APPEND PROPERTY INTERFACE_LINK_LIBRARIES absl::${part})
  endif()
endforeach()
find_library(PORTREG_JEMALLOC libjemalloc.a REQUIRED)
add_library(portreg_allocator INTERFACE)
target_link_libraries(portreg_allocator INTERFACE ${PORTREG_JEMALLOC} ${CMAKE_DL_LIBS}
  Threads::Threads)
