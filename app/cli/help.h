// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope {

// The pages of the manual, one a line.
QString manualTopics();
// Of the terminal that stdout is, within what is good to read; 80 if it is none.
int terminalWidth();

} // namespace exitscope
