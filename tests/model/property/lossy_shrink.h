// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "tests/model/property/random_loss.h"

namespace exitscope::testing {

// A host with as few events and losses as possible of which `fails` still holds, as it does of `host`.
LossyHost shrunk(LossyHost host, const std::function<bool(const LossyHost &)> &fails);

} // namespace exitscope::testing
