# Installs the CMake package and the pkg-config module, which users' projects find.
# Targets and headers are installed where they are defined.
include(CMakePackageConfigHelpers)
set(portreg_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/portreg)

install(EXPORT portregTargets NAMESPACE portreg:: DESTINATION ${portreg_cmake_dir} COMPONENT dev)

# For find_package(portreg COMPONENTS mirror): the mirror, and the libraries of common
# that it and the fake server consist of.
set(portreg_mirror_targets)
foreach(name IN ITEMS mirror answers common)
  if(TARGET portreg_${name})
    set_target_properties(portreg_${name} PROPERTIES EXPORT_NAME ${name})
    list(APPEND portreg_mirror_targets portreg_${name})
  endif()
endforeach()
if(portreg_mirror_targets)
  install(TARGETS ${portreg_mirror_targets} EXPORT portregMirrorTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
  install(EXPORT portregMirrorTargets NAMESPACE portreg:: DESTINATION ${portreg_cmake_dir}
    COMPONENT dev)
endif()

# For users' tests with find_package(portreg COMPONENTS testing): a fake server, the
# archives that it consists of, and mocks.
set(portreg_testing_targets)
if(TARGET portreg_client_mocks)
  set_target_properties(portreg_client_mocks PROPERTIES EXPORT_NAME client_mocks)
  list(APPEND portreg_testing_targets portreg_client_mocks)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/client/mocks/include/portreg
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev FILES_MATCHING PATTERN "*.h")
endif()
if(TARGET portreg_fake_server)
  foreach(name IN ITEMS ranges service fake_server)
    set_target_properties(portreg_${name} PROPERTIES EXPORT_NAME ${name})
    list(APPEND portreg_testing_targets portreg_${name})
  endforeach()
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/server/testing/include/portreg
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev FILES_MATCHING PATTERN "*.h")
endif()
if(portreg_testing_targets)
  install(TARGETS ${portreg_testing_targets} EXPORT portregTestingTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
  install(EXPORT portregTestingTargets NAMESPACE portreg:: DESTINATION ${portreg_cmake_dir}
    COMPONENT dev)
endif()

configure_package_config_file(client/cmake/portregConfig.cmake.in
  ${PROJECT_BINARY_DIR}/portregConfig.cmake INSTALL_DESTINATION ${portreg_cmake_dir}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change interfaces.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/portregConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/portregConfig.cmake
  ${PROJECT_BINARY_DIR}/portregConfigVersion.cmake
  DESTINATION ${portreg_cmake_dir} COMPONENT dev)

# pkg-config lists the same Abseil libraries as CMake.
get_target_property(portreg_requires portreg_client LINK_LIBRARIES)
get_target_property(portreg_requires_of_tls portreg_tls LINK_LIBRARIES)
list(APPEND portreg_requires ${portreg_requires_of_tls})
list(FILTER portreg_requires INCLUDE REGEX "^absl::")
list(REMOVE_DUPLICATES portreg_requires)
list(TRANSFORM portreg_requires REPLACE "^absl::" "absl_")
list(JOIN portreg_requires " " portreg_requires)
file(RELATIVE_PATH portreg_prefix_of_pc ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig
  ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" portreg_prefix_of_pc ${portreg_prefix_of_pc})
configure_file(client/cmake/portreg.pc.in ${PROJECT_BINARY_DIR}/portreg.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/portreg.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT dev)
