// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace exitscope::reader {

// Catches what is written to stderr while it lives: libbabeltrace2 2.0 tells why it refuses metadata only in its log.
class LogCapture {
public:
    LogCapture();
    ~LogCapture();
    LogCapture(const LogCapture &) = delete;
    LogCapture &operator=(const LogCapture &) = delete;

    // The message of the first error that was logged; empty if none was.
    std::string firstError();

private:
    int m_saved = -1;
    int m_pipe = -1; // to read from
};

} // namespace exitscope::reader
