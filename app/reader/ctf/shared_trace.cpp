// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/shared_trace.h"

#include <utility>

#include "app/reader/ctf/metadata_check.h"

namespace exitscope::reader {

std::unique_ptr<CtfStream> SharedTrace::take(const std::string &directory, const std::string &file)
{
    if (directory != m_directory) {
        m_directory = directory;
        m_fault.clear();
        m_streams.clear();
        try {
            open();
        } catch (const ReadError &error) {
            m_fault = error.what();
            m_streams.clear();
        }
    }
    for (auto &[name, stream] : m_streams)
        if (stream && name == file)
            return std::move(stream);
    throw ReadError(m_fault.empty() ? "the stream holds no packet" : m_fault);
}

void SharedTrace::open()
{
    checkMetadata(m_directory + "/metadata");
    const auto trace = std::make_shared<CtfTrace>(m_directory);
    for (std::uint64_t number = 0; number < trace->streams(); ++number) {
        auto stream = std::make_unique<CtfStream>(trace, number);
        if (!stream->first || bt_message_get_type(stream->first) != BT_MESSAGE_TYPE_STREAM_BEGINNING)
            continue;
        // The library names a stream after its first file.
        const char *name = bt_stream_get_name(bt_message_stream_beginning_borrow_stream_const(stream->first));
        const std::string path = name ? name : "";
        m_streams.emplace_back(path.substr(path.rfind('/') + 1), std::move(stream));
    }
}

} // namespace exitscope::reader
