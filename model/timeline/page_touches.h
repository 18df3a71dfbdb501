// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/timeline/timeline.h"

namespace exitscope {

// Over all vCPUs of a VM, in the order of its exits' times: the first exit on a page, if the page is not told to be of
// a device, is no repeated one. Some 24 bytes for each exit of a page meanwhile.
void markFirstTouches(Vm &vm);

} // namespace exitscope
