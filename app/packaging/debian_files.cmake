# SPDX-License-Identifier: GPL-3.0-or-later
# CPack runs this before it packs: what Debian wants otherwise than an installation by hand has it.
set(share ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)

# gzip FILE: packed as Debian packs, without a name and a time, so that two builds are equal.
function(gzip file)
    execute_process(COMMAND gzip -9 -n -f ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB pages ${share}/man/man1/*.1)
if(NOT pages)
    message(FATAL_ERROR "No man page lies in ${share}/man/man1")
endif()
foreach(page ${pages})
    gzip(${page})
endforeach()

# The text of the GPL is on every Debian: the package says who holds the rights and where the text is.
file(COPY_FILE ${CMAKE_CURRENT_LIST_DIR}/copyright ${share}/doc/exitscope/copyright)
set(changelog ${share}/doc/exitscope/changelog)
file(COPY_FILE ${CMAKE_CURRENT_LIST_DIR}/changelog ${changelog})
gzip(${changelog})
