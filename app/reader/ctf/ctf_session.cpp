// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/ctf_session.h"

#include <algorithm>
#include <utility>

#include "app/reader/ctf/cut_files.h"
#include "app/reader/ctf/fixed_files.h"
#include "app/reader/ctf/metadata_check.h"
#include "app/reader/ctf/stream_description.h"

namespace exitscope::reader {

CtfSession::CtfSession(std::uint16_t number, std::string directory, std::string file, Plain plain, FrameWriter &writer)
    : StreamSession(number, plain, writer), m_directory(std::move(directory)), m_file(std::move(file))
{
}

void CtfSession::tryOpen(OpenedBefore &before)
{
    if (m_file.empty()) {
        noteCuts(m_directory);
        noteFixes(m_directory);
    }
    m_progress = std::make_unique<FileProgress>(m_directory, m_file);
    if (m_file.empty())
        checkMetadata(m_directory + "/metadata");
    if (m_progress->totalBytes() == 0)
        throw ReadError(m_progress->empty() ? "there is no stream file" : "the stream file is empty");
    m_stream = m_file.empty() ? openAlone() : before.trace.take(m_directory, m_file);
    const bt_message *first = m_stream->first;
    if (!first || bt_message_get_type(first) != BT_MESSAGE_TYPE_STREAM_BEGINNING)
        throw ReadError("the stream holds no packet");
    const bt_stream *stream = bt_message_stream_beginning_borrow_stream_const(first);
    const bt_stream_class *streamClass = bt_stream_borrow_class_const(stream);
    if (!bt_stream_class_borrow_default_clock_class_const(streamClass))
        throw ReadError(
            "the stream has no clock, so its events have no times; record with a tracer that writes them, as "
            "LTTng and perf do");
    m_trace = m_stream->trace;
    m_streamOfTrace = m_stream->number;
    makeDecoder();
    if (m_file.empty() && !m_progress->hasIndex()) {
        try {
            m_range = m_trace->queryRange();
        } catch (const ReadError &) {
            // Only the progress shown depends on it.
        }
    }
    const auto [described, isNew] = m_trace->described.try_emplace(streamClass, number());
    if (isNew)
        writer().description(number(), wire::encode(describe(stream)));
    else
        writer().sameDescription(number(), described->second);
}

void CtfSession::makeDecoder()
{
    const bt_stream_class *streamClass
        = bt_stream_borrow_class_const(bt_message_stream_beginning_borrow_stream_const(m_stream->first));
    m_decoder = std::make_unique<EventDecoder>(
        *m_stream, streamClass, EventDecoder::Options{.plain = plain(), .alive = [this] { isAlive(); }});
}

std::unique_ptr<CtfStream> CtfSession::openAlone() const
{
    const auto trace = std::make_shared<CtfTrace>(m_directory);
    if (trace->streams() > 1)
        throw ReadError("the files belong to several streams");
    auto stream = std::make_unique<CtfStream>(trace, 0);
    if (!knowsCuts(m_directory))
        throw ReadError("it ends inside a packet, and this version of libbabeltrace2 reads no part of a file");
    return stream;
}

void CtfSession::tryBeginAgain()
{
    m_decoder.reset();
    m_stream = std::make_unique<CtfStream>(m_trace, m_streamOfTrace);
    if (!m_stream->first || bt_message_get_type(m_stream->first) != BT_MESSAGE_TYPE_STREAM_BEGINNING)
        throw ReadError("the stream holds no packet any more");
    makeDecoder();
}

bool CtfSession::step()
{
    const bt_message *message = m_stream->messages->next();
    if (message)
        m_decoder->message(message);
    return message != nullptr;
}

std::uint64_t CtfSession::bytesRead()
{
    const std::uint64_t total = m_progress->totalBytes();
    const wire::Summary &summary = m_decoder->recorder().summary();
    if (m_progress->hasIndex())
        return m_progress->bytesRead(summary.packets, m_decoder->lastCycles());
    if (m_range.second <= m_range.first)
        return 0;
    const auto length = static_cast<double>(m_range.second - m_range.first);
    const auto done = static_cast<double>(summary.endNs - m_range.first);
    return static_cast<std::uint64_t>(static_cast<double>(total) * std::clamp(done / length, 0.0, 1.0));
}

void CtfSession::close()
{
    m_decoder.reset();
    m_stream.reset();
}

} // namespace exitscope::reader
