# Describes the Debian packages libportreg-dev, portreg and portregd. To build them, run
# `cmake --preset packages`, `cmake --build --preset packages` and
# `cpack --preset packages`.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME portreg)
set(CPACK_PACKAGE_CONTACT "portreg maintainers <portreg@example.net>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
# Empty, because each package has its own summary.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# Adapts the installed files to Debian's policy.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/deploy/debian/finish.cmake)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENTS_ALL)

# portreg_package(COMPONENT PACKAGE SECTION) defines PACKAGE, which contains COMPONENT.
# Its description is deploy/debian/PACKAGE.description.
function(portreg_package component package section)
  string(TOUPPER ${component} upper)
  file(READ ${PROJECT_SOURCE_DIR}/deploy/debian/${package}.description description)
  string(STRIP "${description}" description)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${description}" PARENT_SCOPE)
  set(CPACK_COMPONENTS_ALL ${CPACK_COMPONENTS_ALL} ${component} PARENT_SCOPE)
  install(FILES ${PROJECT_SOURCE_DIR}/deploy/debian/copyright
    ${PROJECT_SOURCE_DIR}/deploy/debian/changelog
    DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package} COMPONENT ${component})
endfunction()

# portreg_linked_in(COMPONENT PACKAGE) adds the copyright notices of the libraries that
# are linked statically into the component's program.
function(portreg_linked_in component package)
  if(NOT PORTREG_STATIC)
    return()
  endif()
  foreach(library IN ITEMS libabsl-dev libc-ares-dev libgrpc-dev libjemalloc-dev libprotobuf-dev)
    install(FILES /usr/share/doc/${library}/copyright RENAME ${library}
      DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package}/linked-in COMPONENT ${component}
      OPTIONAL)
  endforeach()
endfunction()

# portreg_same_minor(OUT PACKAGE VERSION) sets OUT to a dependency on PACKAGE in VERSION
# or later, but before the next minor version, because archives and generated headers
# are compatible only within a minor version.
function(portreg_same_minor out package version)
  if(version MATCHES "^([0-9]+)\\.([0-9]+)")
    math(EXPR next "${CMAKE_MATCH_2} + 1")
    set(next ${CMAKE_MATCH_1}.${next})
  else()
    math(EXPR next "${version} + 1")
  endif()
  set(${out} "${package} (>= ${version}), ${package} (<< ${next}~)" PARENT_SCOPE)
endfunction()

portreg_package(dev libportreg-dev libdevel)
portreg_same_minor(portreg_grpc libgrpc++-dev ${gRPC_VERSION})
portreg_same_minor(portreg_protobuf libprotobuf-dev ${Protobuf_VERSION})
portreg_same_minor(portreg_absl libabsl-dev ${absl_VERSION})
# Includes protobuf-compiler-grpc, because CMake cannot find Debian's gRPC without the
# protoc plugin.
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
  "${portreg_absl}, ${portreg_grpc}, ${portreg_protobuf}, protobuf-compiler-grpc, libssl-dev")
if(PORTREG_BUILD_TOOL)
  portreg_package(tool portreg net)
  portreg_linked_in(tool portreg)
  set(CPACK_DEBIAN_TOOL_PACKAGE_SHLIBDEPS ON)
endif()
if(PORTREG_BUILD_SERVER)
  portreg_package(server portregd net)
  portreg_linked_in(server portregd)
  set(CPACK_DEBIAN_SERVER_PACKAGE_SHLIBDEPS ON)
  include(${CMAKE_CURRENT_LIST_DIR}/systemd/install.cmake)
  # The testing targets also need these packages.
  set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "libgmock-dev, libgtest-dev")
endif()
include(CPack)
