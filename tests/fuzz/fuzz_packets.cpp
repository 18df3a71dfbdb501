// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    exitscope::fuzz::readPackets({data, size});
    return 0;
}
