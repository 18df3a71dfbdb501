# SPDX-License-Identifier: GPL-3.0-or-later
# The names of resources/exit-reasons.csv as rows of C++: a new reason is a new row there, and nothing else.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/resources/exit-reasons.csv)
file(READ ${CMAKE_SOURCE_DIR}/resources/exit-reasons.csv table)
# What follows the name is not read: it has semicolons.
string(REGEX MATCHALL "\n[0-9]+,-?[0-9]+,[A-Za-z0-9_ -]+," rows "${table}")
set(text "")
foreach(row IN LISTS rows)
    string(REGEX REPLACE "\n([0-9]+),(-?[0-9]+),([^,]+)," "{\\1, \\2, \"\\3\"},\n" row "${row}")
    string(APPEND text "${row}")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/app/reader/text/exit_reason_rows.inc CONTENT "@text@" @ONLY)
