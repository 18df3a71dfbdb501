// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace exitscope::reader {

// libbabeltrace2 2.0 never returns from a metadata file (of LTTng's packetized kind) that ends inside a packet.
// Throws ReadError for one that is damaged so. What else is wrong with metadata the library tells itself.
void checkMetadata(const std::string &path);

} // namespace exitscope::reader
