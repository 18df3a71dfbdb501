// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_metadata.h"

#include <algorithm>

#include "model/source/ctf/ctf2_fragments.h"

namespace exitscope::ctf {

namespace {

constexpr char kSeparator = '\x1e';
constexpr std::size_t kLargest = 64 << 20;

// Aliases can make more fields than there are words for, but not any number: all cost memory.
std::size_t mostFields(std::size_t bytes)
{
    constexpr std::size_t kAlways = 1 << 17;
    constexpr std::size_t kBytesEach = 24;
    return kAlways + bytes / kBytesEach;
}

void readFragment(FragmentReader &reader, std::string_view text, std::size_t number, std::size_t line)
{
    try {
        reader.read(std::make_shared<const JsonText>(text, line));
    } catch (const CtfError &error) {
        const std::string where = reader.whereFailed();
        throw CtfError("fragment " + std::to_string(number) + " (line " + std::to_string(line) + ")"
            + (where.empty() ? ": " : ", field " + where + ": ") + error.what());
    }
}

} // namespace

bool isCtf2(std::string_view metadata)
{
    return metadata.starts_with(kSeparator);
}

TraceClass parseCtf2(std::string_view metadata)
{
    if (!isCtf2(metadata))
        throw CtfError("the metadata does not begin with a record separator");
    if (metadata.size() > kLargest)
        throw CtfError("the metadata is too large");
    FragmentReader reader(mostFields(metadata.size()));
    std::size_t number = 0;
    std::size_t line = 1;
    while (!metadata.empty()) {
        metadata.remove_prefix(1);
        const std::string_view text = metadata.substr(0, metadata.find(kSeparator));
        if (!text.empty()) // a sequence may have separators without a text
            readFragment(reader, text, ++number, line);
        line += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        metadata.remove_prefix(text.size());
    }
    return reader.finish();
}

} // namespace exitscope::ctf
