# Links the shipped programs with static libraries and jemalloc (PORTREG_STATIC).

# Points the CMake targets of gRPC, Protobuf, Abseil, RE2 and c-ares to archives where
# these exist; Debian's CMake packages name only the shared libraries. Static programs
# start faster, and a call costs a tenth less. Other libraries, above all OpenSSL, stay
# shared, so that the system's security updates reach them.
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
# The archive of RE2 11 (Debian 13) needs these parts of Abseil. The shared RE2 would load
# a second, shared copy of Abseil into the programs.
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
