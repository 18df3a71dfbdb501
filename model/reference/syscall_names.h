// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope {

// Of a system call of Linux on x86-64, by its number (resources/syscalls.csv); "syscall 999" where no name is known.
QString syscallName(int number);

} // namespace exitscope
