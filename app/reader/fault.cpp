// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/fault.h"

#include <csignal>
#include <cstdlib>
#include <string>

#include <unistd.h>

namespace exitscope::reader {

void misbehaveIfAsked(std::uint64_t recordsFrames)
{
    static const char *const asked = std::getenv("EXITSCOPE_READER_FAULT");
    if (!asked) {
        return;
    }
    const std::string fault = asked;
    const auto colon = fault.find(':');
    const std::string mode = fault.substr(0, colon);
    if (colon == std::string::npos || fault.substr(colon + 1) != std::to_string(recordsFrames)) {
        return;
    }
    if (mode == "crash") {
        std::signal(SIGSEGV, SIG_DFL);
        std::raise(SIGSEGV);
    } else if (mode == "hang") {
        while (true) {
            pause();
        }
    } else if (mode == "garbage") {
        const std::string garbage(4096, '#');
        if (write(STDOUT_FILENO, garbage.data(), garbage.size()) < 0) {
            _exit(0); // nobody listens
        }
    } else if (mode == "exit") {
        _exit(3);
    }
}

} // namespace exitscope::reader
