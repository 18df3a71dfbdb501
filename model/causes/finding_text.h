// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "model/causes/findings.h"

// A finding in words: the same on the command line and in the window.
namespace exitscope {

// "12.4 ms per second, 38 % of the overhead", each "at most" where it is a bound; what is not known is not there, but
// said.
QString findingCost(const Finding &finding);
QString whyAtMost(); // a sentence without its dot
// "1,900 exits (812/s), most on vm0/1; from: 98.0 % 0xffffffff8160aaaa"
QString findingFacts(const Finding &finding);

} // namespace exitscope
