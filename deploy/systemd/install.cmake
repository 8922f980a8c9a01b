# Installs the units, settings and examples of portregd, and what keeps lookup tables up
# to date. Does nothing unless the prefix is /usr, as in the Debian package, because the
# units name programs under /usr.
if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  return()
endif()
set(systemd ${PROJECT_SOURCE_DIR}/deploy/systemd)
set(examples ${CMAKE_INSTALL_DATAROOTDIR}/doc/portregd/examples)
install(FILES ${systemd}/portregd.service ${systemd}/portregd-refresh.service
  ${systemd}/portregd-refresh.timer
  DESTINATION lib/systemd/system COMPONENT server)
install(FILES ${systemd}/portregd.default RENAME portregd
  DESTINATION /etc/default COMPONENT server)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/deploy/refresh/portreg-refresh
  DESTINATION lib/portreg COMPONENT server)
set(pipelines ${PROJECT_SOURCE_DIR}/deploy/pipelines)
install(PROGRAMS ${pipelines}/portreg-lookup-table DESTINATION lib/portreg COMPONENT tool)
install(FILES ${pipelines}.md DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/portreg
  COMPONENT tool)
install(FILES ${pipelines}/portreg-lookup-table.service ${pipelines}/portreg-lookup-table.timer
  DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/portreg/examples/pipelines COMPONENT tool)
install(FILES ${PROJECT_SOURCE_DIR}/deploy/README.md
  DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/portregd COMPONENT server)
install(DIRECTORY ${systemd}/examples/ DESTINATION ${examples}/systemd COMPONENT server)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/deploy/proxy ${PROJECT_SOURCE_DIR}/deploy/observability
  DESTINATION ${examples} COMPONENT server)

set(scripts ${PROJECT_SOURCE_DIR}/deploy/debian/portregd)
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
  ${scripts}/conffiles ${scripts}/postinst ${scripts}/postrm ${scripts}/prerm)
# portreg-refresh calls these programs.
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS "ca-certificates, curl, portreg")
