// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/reader/ctf/ctf_stream.h"

namespace exitscope::reader {

// The streams of one trace, opened together. libbabeltrace2 refuses a trace as a whole for the fault of one stream:
// then each of them fails, and can be read only where it is alone.
class SharedTrace {
public:
    // The stream with that file in the directory. Throws ReadError.
    std::unique_ptr<CtfStream> take(const std::string &directory, const std::string &file);

private:
    void open();

    std::string m_directory;
    std::string m_fault; // why it cannot be opened
    std::vector<std::pair<std::string, std::unique_ptr<CtfStream>>> m_streams; // by the name of a file
};

} // namespace exitscope::reader
